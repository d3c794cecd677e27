import { find } from "./dom.ts";
import { imageTab } from "./image_tab.ts";
import { planeTab } from "./plane_tab.ts";

/** The tabs and what starts them; a tab starts when it is first shown. */
const STARTS: Record<string, (tab: HTMLElement) => Promise<void>> = {
  images: imageTab,
  plane: planeTab,
};

const buttons = [...document.querySelectorAll<HTMLButtonElement>("[role=tab]")];
const isStarted = new Set<string>();

function show(button: HTMLButtonElement): void {
  for (const one of buttons) {
    const isShown = one === button;
    one.setAttribute("aria-selected", String(isShown));
    one.tabIndex = isShown ? 0 : -1;
    find(document, `#${one.getAttribute("aria-controls")}`).hidden = !isShown;
  }
  const name = button.getAttribute("aria-controls")!;
  if (isStarted.has(name)) return;
  isStarted.add(name);
  const tab = find(document, `#${name}`);
  // Lets the page draw the tab before the networks are unpacked.
  setTimeout(() =>
    STARTS[name](tab).catch((error) => {
      find(tab, ".status").textContent = `This page cannot compute here: ${error.message}`;
      console.error(error);
    })
  );
}

for (const button of buttons) {
  button.addEventListener("click", () => show(button));
  button.addEventListener("keydown", ({ key }) => {
    const way = { ArrowLeft: -1, ArrowRight: 1 }[key];
    if (way === undefined) return;
    const next = buttons.at((buttons.indexOf(button) + way) % buttons.length)!;
    next.focus();
    show(next);
  });
}

// The steps of a walk look the same on both tabs.
for (const place of document.querySelectorAll(".steps")) {
  place.append(find<HTMLTemplateElement>(document, "#steps").content.cloneNode(true));
}
for (const place of document.querySelectorAll(".attack")) {
  place.append(find<HTMLTemplateElement>(document, "#attack").content.cloneNode(true));
}
for (const form of document.forms) {
  form.addEventListener("submit", (event) => event.preventDefault());
}
find(document, ".starting").remove();
show(buttons[0]);
