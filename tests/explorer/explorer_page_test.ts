import { assert, assertEquals, assertMatch } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { join } from "node:path";
import { bssAttack, type BssAttackOptions } from "../../lib/attack/bss.ts";
import { loadDataset } from "../../lib/data/load_dataset.ts";
import { NETWORK_FILES } from "../../lib/explorer/explorer_data.ts";
import { explorerPage } from "../../lib/explorer/explorer_page.ts";
import { NETWORKS } from "../../lib/explorer/names.ts";
import { freeze } from "../../lib/nn/freeze.ts";
import { readResNet } from "../../lib/nn/weights_file.ts";
import { writePages } from "../../lib/render/write_pages.ts";
import { imageTensor } from "../../lib/training/batches.ts";
import { faintTexts, leastTextSize, overhang } from "../browser/in_page.js";
import { browserTest, type Show, type ShownPage } from "../browser/open_pages.ts";
import { assertClose } from "../numbers.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";
import { withoutLeaks } from "../without_leaks.ts";

type Page = ShownPage["page"];

/** A walk as the page saves it. */
interface SavedWalk {
  readonly base: string;
  readonly target: string;
  readonly steps: readonly {
    readonly sample: number[];
    readonly logits: Readonly<Record<typeof NETWORKS[number], number[]>>;
  }[];
}

let made: Promise<Readonly<Record<string, string>>> | undefined;

/** Opens the page from a disk, without a network, and waits for its first walk. */
async function withExplorer(
  show: Show,
  width: number,
  test: (shown: ShownPage) => Promise<void>,
): Promise<void> {
  made ??= explorerPage("made by a test");
  const files = await made;
  await withTemporaryFolder(async (folder) => {
    await writePages(folder, [], "made by a test", files);
    const shown = await show(join(folder, "explorer.html"), width);
    await walked(shown.page, "images");
    await test(shown);
    assertEquals([shown.said, shown.asked], [[], []]);
  });
}

async function walked(page: Page, tab: "images" | "plane"): Promise<string> {
  await page.locator(`#${tab}[aria-busy="false"]`).waitFor();
  return await page.locator(`#${tab} .status`).textContent() ?? "";
}

async function openNumbers(page: Page, tab: "images" | "plane"): Promise<void> {
  await page.evaluate(`document.querySelector("#${tab} details").open = true`);
}

async function saved(page: Page, tab: "images" | "plane"): Promise<SavedWalk> {
  await openNumbers(page, tab);
  const download = page.waitForEvent("download");
  await page.locator(`#${tab} .save`).click();
  return JSON.parse(await Deno.readTextFile(await (await download).path()));
}

/** Picks an image and options as a reader does. */
async function choose(
  page: Page,
  image: number,
  target: string,
  { eta, step, maxSteps }: Pick<BssAttackOptions, "eta" | "step" | "maxSteps">,
): Promise<void> {
  const tab = page.locator("#images");
  await tab.locator("[name=eta]").fill(String(eta));
  await tab.locator("[name=maxSteps]").fill(String(maxSteps));
  await tab.locator("[name=step]").selectOption(step);
  await tab.locator(`[name=image][value="${image}"]`).check();
  await tab.locator("[name=target]").selectOption(target);
}

const CASES = [
  { image: 0, target: "second", eta: 0.3, step: "published", maxSteps: 10 },
  { image: 16, target: "Ankle boot", eta: 1, step: "newton", maxSteps: 10 },
  { image: 28, target: "Sneaker", eta: 0.4, step: "newton", maxSteps: 8 },
] as const;

browserTest("the explorer's samples are those of bssAttack()", async (show) => {
  const dataset = await loadDataset("fashion-mnist-subset");
  await withoutLeaks("wasm", async () => {
    const networks = await Promise.all(NETWORKS.map(async (name) => {
      const { network } = await readResNet(NETWORK_FILES[name]);
      const frozen = freeze(network);
      network.dispose();
      return frozen;
    }));
    await withExplorer(show, 1300, async ({ page }) => {
      for (const { image, target, ...options } of CASES) {
        await choose(page, image, target, options);
        await walked(page, "images");
        const walk = await saved(page, "images");
        const base = Math.floor(image / 3);
        assertEquals(walk.base, dataset.classes[base]);
        const index = [...dataset.test.labels.keys()]
          .filter((at) => dataset.test.labels[at] === base)[image % 3];
        const start = imageTensor(dataset, dataset.test, [index]);
        const classes = { labels: [base], targets: [dataset.classes.indexOf(walk.target)] };
        for (const [maxSteps, { sample, logits }] of walk.steps.entries()) {
          const attack = await bssAttack(networks[0], start, classes, { ...options, maxSteps });
          const where = `image ${image}, step ${maxSteps}`;
          const expected = await attack.samples.data();
          const most = sample.reduce(
            (m, value, k) => Math.max(m, Math.abs(value - expected[k])),
            0,
          );
          assert(most <= 1e-4, `${where}: a pixel differs by ${most}`);
          for (const [k, name] of NETWORKS.entries()) {
            const seen = networks[k].logits(attack.samples);
            assertClose(logits[name], await seen.data(), 1e-3, `${where}: logits of ${name}`);
            seen.dispose();
          }
          tf.dispose([attack.samples, attack.logits]);
        }
        const whole = await bssAttack(networks[0], start, classes, options);
        assertEquals(walk.steps.length, whole.steps[0] + 1);
        tf.dispose([start, whole.samples, whole.logits]);
      }
    });
    for (const network of networks) network.dispose();
  });
});

browserTest(
  "a click is followed by the first step within two seconds of computing",
  async (show) => {
    await withExplorer(show, 1300, async ({ page }) => {
      const session = await page.context().newCDPSession(page);
      // Time of the page's thread, since other programs may keep the processor busy.
      await session.send("Performance.enable", { timeDomain: "threadTicks" });
      const seconds = async () =>
        (await session.send("Performance.getMetrics")).metrics
          .find(({ name }) => name === "ThreadTime")!.value;
      await choose(page, 3, "second", { eta: 0.3, step: "published", maxSteps: 1 });
      await walked(page, "images");
      const before = await seconds();
      await page.locator('#images [name=image][value="24"]').check();
      assertMatch(await walked(page, "images"), /The first step came after \d+\.\d\d\ss/);
      const taken = await seconds() - before;
      assert(taken > 0.01 && taken <= 2, `it took ${taken} s`);
      await session.detach();
    });
  },
);

browserTest("the explorer works by keyboard alone", async (show) => {
  await withExplorer(show, 1300, async ({ page }) => {
    const status = page.locator("#images .status");
    const first = await status.textContent();
    await page.locator("#images [name=image]:checked").focus();
    await page.keyboard.press("ArrowRight");
    assertEquals(await page.locator("#images [name=image]:checked").inputValue(), "1");
    assert(await walked(page, "images") !== first);
    await page.locator("#images .slider").focus();
    await page.keyboard.press("Home");
    assertMatch(await page.locator("#images .at").textContent() ?? "", /^0 of \d+$/);
    assertEquals(await page.locator("#images .limit").textContent(), "±0.0 of 255");

    await page.locator("#images-tab").focus();
    await page.keyboard.press("ArrowRight");
    assertEquals(await page.locator("#images").isVisible(), false);
    await walked(page, "plane");
    const before = await saved(page, "plane");
    await page.locator(".plane").focus();
    await page.keyboard.press("Shift+ArrowRight");
    await page.keyboard.press("ArrowUp");
    await walked(page, "plane");
    const [from, to] = [before, await saved(page, "plane")].map(({ steps }) => steps[0].sample);
    assertClose([to[0] - from[0], to[1] - from[1]], [0.5, 0.1], 1e-5);
    assertMatch(
      await page.locator(".plane").getAttribute("aria-label") ?? "",
      /^The point at 0\.1/,
    );
  });
});

browserTest("a dragged point walks to the teacher's boundary", async (show) => {
  await withExplorer(show, 1300, async ({ page }) => {
    await page.locator("#plane-tab").click();
    await walked(page, "plane");
    for (const toy of ["moons", "spirals"]) {
      await page.locator("[name=toy]").selectOption(toy);
      await page.locator(".plane").scrollIntoViewIfNeeded();
      const box = (await page.locator(".plane").boundingBox())!;
      const at = (x: number, y: number) =>
        [box.x + box.width * (x + 2.5) / 5, box.y + box.height * (2.5 - y) / 5] as const;
      await page.mouse.move(...at(-0.4, 1.3));
      await page.mouse.down();
      await page.mouse.move(...at(0.5, 1));
      await page.mouse.move(...at(1, 0.5));
      await page.mouse.up();
      await page.mouse.move(...at(2, 2));
      assertMatch(await walked(page, "plane"), /is in (the target|a third) class/);
      const { steps } = await saved(page, "plane");
      assertClose(steps[0].sample, [1, 0.5], 0.02);
      const { teacher } = steps.at(-1)!.logits;
      const [most, next] = teacher.toSorted((a, b) => b - a);
      assert(most - next < 0.5, `${toy}: the sample is not near the boundary`);
      assertEquals(await page.locator(".legend li").count(), NETWORKS.length);
    }
  });
});

const TWO_FRAMES = `new Promise((done) =>
  requestAnimationFrame(() => requestAnimationFrame(done))
)`;

for (const scheme of ["light", "dark"] as const) {
  browserTest(`the explorer is readable at 1300 and 420 px, ${scheme}`, async (show) => {
    await withExplorer(show, 420, async ({ page }) => {
      await page.emulateMedia({ colorScheme: scheme });
      for (const tab of ["images", "plane"] as const) {
        await page.locator(`#${tab}-tab`).click();
        await walked(page, tab);
        await openNumbers(page, tab);
        for (const width of [420, 1300]) {
          await page.setViewportSize({ width, height: 900 });
          // The page fits its drawings to the new width in the next frame.
          await page.evaluate(TWO_FRAMES);
          const where = `${tab} at ${width} px`;
          assertEquals(await page.evaluate(faintTexts), [], where);
          assertEquals(await page.evaluate(overhang) <= 0, true, `${where} scrolls sideways`);
          assertEquals(await page.evaluate(leastTextSize) >= 12, true, `${where} has small text`);
        }
      }
      const ground = await page.evaluate("getComputedStyle(document.body).backgroundColor");
      assertEquals(ground === "rgb(255, 255, 255)", scheme === "light");
      await page.emulateMedia({ colorScheme: null });
    });
  });
}

browserTest("the explorer names the size of its files, and a bad option", async (show) => {
  await withExplorer(show, 1300, async ({ page }) => {
    const bytes = Object.values(await made!).reduce((sum, { length }) => sum + length, 0);
    assert(bytes < 1.75e6, `the explorer has ${bytes} bytes`);
    const megabytes = (bytes / 1e6).toFixed(1);
    assertMatch(
      await page.locator(".cost").textContent() ?? "",
      new RegExp(`take\\s+${megabytes} MB`),
    );
    await page.locator("#images [name=eta]").fill("0");
    assertEquals(
      await page.evaluate(`document.querySelector("#images [name=eta]").validationMessage`),
      "give a number greater than 0",
    );
    await page.goto(page.url().replace("explorer.html", "index.html"));
    await page.getByText("Attack an image yourself").click();
    assertEquals(await page.locator("h1").textContent(), "Walk to the decision boundary");
    await walked(page, "images");
  });
});
