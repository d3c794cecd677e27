import { counted } from "../report/duration.ts";
import { escapeHtml } from "../report/escape_html.ts";
import { forestPlot, type LeaderboardLine } from "./forest_plot.ts";

const NAMES: Readonly<Record<string, string>> = {
  cifar10: "CIFAR-10",
  "tiny-imagenet": "Tiny ImageNet",
  imagenet32: "ImageNet 32×32",
  "fashion-mnist-subset": "a part of Fashion-MNIST",
};

/**
 * Makes the answer so far: a headline, a forest plot and a table of the claims for each data set,
 * CIFAR-10 and what is decided first, and the quick trials on small images apart.
 */
export function leaderboardHtml(lines: readonly LeaderboardLine[]): string {
  if (lines.length === 0) return "";
  const real = lines.filter(({ evidence }) => evidence.scale === "paper");
  const datasets = Map.groupBy(real, ({ evidence }) => evidence.dataset);
  const rank = (dataset: string) => dataset === "cifar10" ? 0 : 1;
  const sections: Section[] = [...datasets].sort(([a], [b]) => rank(a) - rank(b))
    .map(([dataset, lines]) => ({ id: `on-${dataset}`, title: nameOf(dataset), lines }));
  const quick = lines.filter(({ evidence }) => evidence.scale !== "paper");
  if (quick.length > 0) {
    sections.push({
      id: "on-small-images",
      title: "Quick trials on small images",
      remark: "<p><strong>No evidence about the paper</strong>: runs of seconds or minutes " +
        "on other images. They show that everything runs.</p>",
      lines: quick,
    });
  }
  const links = [...sections, { id: "pages", title: "Pages" }].map(({ id, title }) =>
    `<li><a href="#${escapeHtml(id)}">${escapeHtml(title)}</a></li>`
  );
  return headlineHtml(datasets.get("cifar10") ?? []) +
    `<nav class="contents" aria-label="contents"><ul>${links.join("")}</ul></nav>` +
    sections.map(sectionHtml).join("");
}

/** The claims on a data set, or those of quick trials. */
interface Section {
  readonly id: string;
  readonly title: string;
  /** HTML in the place of the plot, for quick trials, whose table is folded */
  readonly remark?: string;
  readonly lines: readonly LeaderboardLine[];
}

/** Words the paper's main claims with the most seeds, and counts the verdicts on all claims. */
function headlineHtml(lines: readonly LeaderboardLine[]): string {
  const main = lines.filter(({ evidence }) => evidence.isMain && evidence.difference !== null);
  const most = main.toSorted((a, b) => seedsOf(b) - seedsOf(a))[0];
  if (!most) return "";
  const { place } = most.evidence;
  const shown = main.filter(({ evidence }) => evidence.place === place);
  const answers = shown.map(({ claim, verdict, evidence: { isDecided, seeds, shown } }) =>
    `${claim}: ${isDecided ? `${verdict}, ` : ""}${shown.difference} ${
      shown.interval?.replace(" ", "\u00a0") ?? ""
    } ` +
    `(${seeds} seeds)`
  );
  const isOpen = shown.every(({ evidence }) => !evidence.isDecided);
  const answer = isOpen
    ? "Not settled yet. "
    : shown.every(({ verdict }) => verdict === "holds")
    ? "Yes. "
    : "";
  const decided = lines.filter(({ evidence }) => evidence.isDecided);
  const measured = lines.filter(({ evidence }) => evidence.difference !== null);
  const waiting = measured.length - decided.length;
  const verdicts = [...Map.groupBy(decided, ({ verdict }) => verdict)]
    .map(([verdict, { length }]) => `${verdict}: ${length}`);
  return `<p class="headline">${answer}On CIFAR-10 ` +
    `(${escapeHtml(place)}) ${escapeHtml(answers.join("; "))}.</p>` +
    `<p>These pages test ${counted(lines.length, "claim")} on CIFAR-10. ` +
    `${decided.length} of them have a verdict` +
    `${decided.length > 0 ? ` (${escapeHtml(verdicts.join("; "))})` : ""}. ` +
    `${waiting > 0 ? `${waiting} more have data, but lack seeds or comparable pairs. ` : ""}` +
    `Claims and seeds were listed before their runs, but for one in backends. The rule for verdicts became stricter twice ` +
    `since; no verdict changed.</p>`;
}

function seedsOf({ evidence }: LeaderboardLine): number {
  return parseInt(evidence.seeds);
}

function sectionHtml({ id, title, remark, lines }: Section): string {
  const byClaim = [...Map.groupBy(lines, ({ claim }) => claim).values()].flat();
  const measured = byClaim.filter(({ evidence }) => evidence.difference !== null)
    .toSorted((a, b) => Number(b.evidence.isDecided) - Number(a.evidence.isDecided));
  const open = byClaim.filter(({ evidence }) => evidence.difference === null);
  const folded = (lines: readonly LeaderboardLine[], what: string, caption: string) =>
    lines.length === 0
      ? ""
      : `<details><summary>${what}</summary>${tableHtml(lines, caption)}</details>`;
  const planned = `${counted(open.length, "planned claim")} without data`;
  return `<section><h2 id="${escapeHtml(id)}">${escapeHtml(title)}</h2>` +
    (remark === undefined
      ? forestPlot(measured, title) + (measured.length > 0 ? tableHtml(measured, title) : "")
      : remark + folded(measured, counted(measured.length, "claim"), title)) +
    `${folded(open, planned, `${title}: without data`)}</section>`;
}

/** Makes a table in which each claim stands once, with a line for each place. */
function tableHtml(lines: readonly LeaderboardLine[], caption: string): string {
  const claims = Map.groupBy(lines, ({ claim }) => claim);
  const heads = ["claim", "verdict", "data", "seeds", "difference", "adjusted interval", "page"];
  return `<table class="leaderboard"><caption>${escapeHtml(caption)}</caption><thead><tr>` +
    heads.map((head) => `<th scope="col">${head}</th>`).join("") + "</tr></thead>" +
    [...claims].map(([claim, lines]) => `<tbody>${claimRows(claim, lines)}</tbody>`).join("") +
    "</table>";
}

function claimRows(claim: string, lines: readonly LeaderboardLine[]): string {
  return lines.map(({ verdict, evidence, href }, index) => {
    const { dataset, scale, place, seeds, shown } = evidence;
    const head = `<th scope="rowgroup" rowspan="${lines.length}">${escapeHtml(claim)}</th>`;
    const cell = (label: string, html: string) => `<td data-label="${label}">${html}</td>`;
    return `<tr>${index === 0 ? head : ""}` +
      cell("verdict", `<strong>${escapeHtml(verdictText({ verdict, evidence }))}</strong>`) +
      cell(
        "data",
        escapeHtml(`${nameOf(dataset)}, ${place}${scale === "paper" ? "" : ` (${scale})`}`),
      ) +
      cell("seeds", escapeHtml(seeds)) +
      cell("difference", escapeHtml(shown.difference ?? "–")) +
      cell("adjusted interval", escapeHtml(shown.interval ?? "–")) +
      cell("page", `<a href="${escapeHtml(href)}">${escapeHtml(pageName(href))}</a>`) + "</tr>";
  }).join("");
}

/** Words a verdict beside the number of its seeds, which need not stand there twice. */
function verdictText(
  { verdict, evidence }: Pick<LeaderboardLine, "verdict" | "evidence">,
): string {
  return verdict === `${evidence.seeds} seeds` ? "waits for seeds" : verdict;
}

function nameOf(dataset: string): string {
  return Object.hasOwn(NAMES, dataset) ? NAMES[dataset] : dataset;
}

/** Names a page: "table1" for "table1.html" and "#table1". */
function pageName(href: string): string {
  return href.replace(/^#|\.html$/g, "");
}
