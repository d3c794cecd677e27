import { assert, assertEquals, assertMatch } from "@std/assert";
import { decode } from "fast-png";
import { join } from "node:path";
import { accuracyWithErrorBars } from "../../lib/report/accuracy_by_student.ts";
import { boundaryPicture } from "../../lib/report/boundary_picture.ts";
import { bundleOf } from "../../lib/report/display.ts";
import type { Figure } from "../../lib/report/figure.ts";
import { figureDisplay } from "../../lib/report/figure_display.ts";
import { figureHtml, redrawnFigureHtml } from "../../lib/report/figure_html.ts";
import { gainWithIntervals } from "../../lib/report/gain_intervals.ts";
import { learningCurves } from "../../lib/report/learning_curves.ts";
import { renderPng } from "../../lib/report/static_picture.ts";
import { writePages } from "../../lib/render/write_pages.ts";
import { cutTexts, plotHeights } from "./in_page.js";
import { browserTest, type Show, type ShownPage } from "./open_pages.ts";
import { codeCell, notebookOf, shownData } from "../notebooks/made_up.ts";
import { regionsOf } from "../report/regions_of.ts";
import { withEnvironment } from "../with_environment.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";

const CURVES = learningCurves([
  { name: "bss, seed 1", group: "bss", epochs: [1, 2, 3], accuracy: [70, 80, 86.5] },
  { name: "bss, seed 2", group: "bss", epochs: [1, 2, 3], accuracy: [71, 81, 86.1] },
  { name: "hinton, seed 1", group: "hinton", epochs: [1, 2, 3], accuracy: [69, 79, 86] },
]);
const BARS = accuracyWithErrorBars([
  { method: "hinton", mean: 86, std: 0.5, values: [85.5, 86.5] },
  { method: "bss", mean: 87, std: null, values: [87] },
]);

/** Shows a page without a network. Returns its final DOM and its console messages. */
async function show(open: Show, body: string): Promise<{ dom: string; console: string[] }> {
  const { page, said } = await openBody(open, body, 800);
  return { dom: await page.content(), console: said };
}

/** Shows a page without a network, and waits for its figures. */
async function openBody(open: Show, body: string, width: number): Promise<ShownPage> {
  let shown: ShownPage;
  await withTemporaryFolder(async (folder) => {
    const file = join(folder, "page.html");
    const head = `<!doctype html><meta charset="utf-8"><title>figures</title>`;
    await Deno.writeTextFile(file, `${head}<body>${body}`);
    shown = await open(file, width);
    await shown.page.evaluate(SETTLES);
  });
  return shown!;
}

/** Waits for Plotly and the code that awaits it, and again if that code has reloaded Plotly. */
const SETTLES = `(async () => {
  for (let before = null; before !== window.bssPlotly;) {
    before = window.bssPlotly;
    await before?.catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
})()`;

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}

browserTest("figureHtml() draws every line and every point offline", async (open) => {
  const curves = await show(open, await figureHtml(CURVES, null));
  assertEquals(curves.console, []);
  // Two methods of three epochs and the edge of a band, and one sample in the legend for each method.
  assertEquals(count(curves.dom, 'class="js-line"'), 3 + 2);
  assertEquals(count(curves.dom, 'class="js-fill"'), 1);
  assertEquals(count(curves.dom, '<path class="point'), 2 * 3);
  assertEquals(count(curves.dom, 'class="bss-still"'), 0);
  assertEquals(count(curves.dom, 'data-title="Reset axes"'), 1);
  assertEquals(count(curves.dom, 'data-title="Share chart...'), 0);

  const bars = await show(open, await figureHtml(BARS, null));
  assertEquals(bars.console, []);
  assertEquals(count(bars.dom, '<path class="point'), 2 + 3);
  assertEquals(count(bars.dom, 'class="yerror"'), 1);
});

browserTest("figureHtml() draws the plane with classes, lines and points", async (open) => {
  const labels = new Int32Array([0, 1]);
  const figure = boundaryPicture({
    teacher: regionsOf((x) => [0, x]),
    students: { bss: regionsOf((_, y) => [0, y]), hinton: regionsOf((x, y) => [0, x + y]) },
    points: { name: "two", points: new Float32Array([-1, 0, 1, 0]), labels, classes: 2 },
    attacked: { base: [-1, 0], samples: [-0.5, 0] },
  }, "plane");
  const { dom, console } = await show(open, await figureHtml(figure, null));
  assertEquals(console, []);
  assertEquals(count(dom, 'class="hm"'), 1);
  // Three boundaries and the path of the attack; the legend has a sample of each boundary.
  assertEquals(count(dom, 'class="js-line"'), 4 + 3);
  assertEquals(count(dom, '<path class="point'), 2 + 1);
});

browserTest("figureHtml() draws each of several figures on a page once", async (open) => {
  const figures = [CURVES, BARS, CURVES].map((figure) => figureHtml(figure, null));
  const { dom, console } = await show(open, (await Promise.all(figures)).join("<hr>"));
  assertEquals(console, []);
  assertEquals(count(dom, 'class="plot-container'), 3);
  assertEquals(count(dom, 'class="js-line"'), 2 * 5);
  assertEquals(count(dom, '<path class="point'), 2 * 6 + 5);
});

browserTest(
  "redrawnFigureHtml() is drawn with the Plotly that the page has",
  async (open) => {
    const updated = JSON.stringify(redrawnFigureHtml(BARS)).replaceAll("</", "<\\/");
    // JupyterLab updates a display by replacing its HTML and running the new scripts.
    const update = `<script>window.bssPlotly.then(() => setTimeout(() => {
    const output = document.querySelector("#output");
    output.innerHTML = ${updated};
    for (const script of output.querySelectorAll("script:not([type])")) {
      script.replaceWith(Object.assign(document.createElement("script"), { text: script.text }));
    }
  }, 100))</script>`;
    const first = `<div id="output">${await figureHtml(CURVES, null)}</div>`;
    const { dom, console } = await show(open, first + update);
    assertEquals(console, []);
    assertEquals(count(dom, 'class="plot-container'), 1);
    assertEquals(count(dom, 'class="js-line"'), 0);
    assertEquals(count(dom, '<path class="point'), 2 + 3);
  },
);

browserTest(
  "redrawnFigureHtml() leaves a line of text in a page without Plotly",
  async (open) => {
    const { dom } = await show(open, redrawnFigureHtml(BARS));
    assertEquals(count(dom, "(a figure that needs JavaScript)</p>"), 1);
    // A later figure that carries Plotly is still drawn.
    const both = `${redrawnFigureHtml(BARS)}<script>setTimeout(() => {
    document.body.append(document.querySelector("template").content);
  }, 200)</script><template>${await figureHtml(CURVES, null)}</template>`;
    assertEquals(count((await show(open, both)).dom, 'class="plot-container'), 1);
  },
);

browserTest("figureHtml() breaks titles that are wider than the page", async (open) => {
  const title = "How accurate a student is that was distilled on boundary supporting samples";
  const figure = gainWithIntervals([{ method: "bss", mean: 1, interval: [0, 2] }], {
    reference: "original",
    title,
  });
  const narrow = `<div style="width:400px">${await figureHtml(figure, null)}</div>`;
  const { dom, console } = await show(open, narrow);
  assertEquals(console, []);
  const [, drawn] = /class="gtitle"[^>]*>(.*?)<\/text>/s.exec(dom)!;
  assertEquals(count(drawn, 'class="line"'), 3);
});

/** Names and values as in the notebooks; the longest labels of all. */
const LABELS = [
  "onednn, float32",
  "onednn, cached clean logits",
  "onednn, bf16 teacher and cached clean logits",
  "onednn, bf16 teacher, student and cached clean logits",
  "PyTorch, published",
  "PyTorch, tuned",
];
const LABELLED = LABELS.map((method, index) => ({
  method,
  mean: index - 3,
  std: 1,
  interval: [index - 5, index] as const,
  values: [index - 3],
}));
const FIGURES = [
  accuracyWithErrorBars(LABELLED),
  gainWithIntervals(LABELLED, { reference: "original" }),
  gainWithIntervals(LABELLED.slice(0, 1), { reference: "original" }),
  learningCurves(LABELS.map((name) => ({ name, epochs: [1, 2], accuracy: [1, 2] }))),
];

browserTest(
  "figures on a phone have a plotting area of 240 pixels, and cut off no title or label",
  async (open) => {
    const html = await Promise.all(FIGURES.map((figure) => figureHtml(figure, null)));
    const { page } = await openBody(open, html.join(""), 420);
    assertLeast(await page.evaluate(plotHeights), 240);
    assertEquals(await page.evaluate(cutTexts), []);
  },
);

browserTest("figures of a rendered page break labels into lines as pictures do", async (open) => {
  const bundles = FIGURES.map((figure) => bundleOf(figureDisplay(figure)));
  const cells = (await Promise.all(bundles)).map((bundle) => codeCell("1", [shownData(bundle)]));
  await withTemporaryFolder(async (folder) => {
    const named = { name: "made-up", notebook: notebookOf(...cells) };
    await writePages(folder, [named], "made by a test");
    for (const width of [420, 1300]) {
      const { page } = await open(join(folder, "made-up.html"), width);
      await page.evaluate(SETTLES);
      assertEquals(await page.evaluate(cutTexts), [], `at ${width} px`);
      // Labels of one line have no part of this class.
      assert(await page.locator(".xtick text .line").count() >= 4, `at ${width} px`);
      if (width === 420) assertLeast(await page.evaluate(plotHeights), 240);
      assertEquals(
        await page.getByRole("figure", { name: "Test accuracy (%) over Epoch: onednn" }).count(),
        1,
      );
    }
  });
});

/** Checks that there is a number for each figure, none of them too small. */
function assertLeast(numbers: readonly number[], least: number) {
  assertEquals(numbers.length, FIGURES.length);
  assert(Math.min(...numbers) >= least, String(numbers));
}

browserTest("figures write minus signs alike on axes and on hovering", async (open) => {
  const figure = gainWithIntervals([{ method: "bss", mean: -1.5, interval: [-2, -1] }], {
    reference: "original",
  });
  const { page } = await openBody(open, await figureHtml(figure, null), 800);
  const { x, y, width, height } = (await page.locator("path.point").first().boundingBox())!;
  await page.mouse.move(x + width / 2, y + height / 2);
  const hovered = page.locator(".hovertext text").first();
  assertEquals(await hovered.textContent(), "bss: −1.50 [−2.00, −1.00]");
  assertMatch((await page.locator(".xtick text").allTextContents()).join(), /^−2,/);
});

browserTest("figureHtml() shows names with markup unchanged", async (open) => {
  const name = "<b>bss</b> & η<1";
  const figure = learningCurves([{ name, epochs: [1], accuracy: [1] }], name);
  const { dom, console } = await show(open, await figureHtml(figure, null));
  assertEquals(console, []);
  assertEquals(count(dom, ">&lt;b&gt;bss&lt;/b&gt; &amp; η&lt;1</text>"), 2);
});

browserTest("figureHtml() keeps its picture if Plotly cannot run", async (open) => {
  const html = await figureHtml(CURVES, new Uint8Array([1, 2, 3]));
  const { dom, console } = await show(open, html.replace(/H4sI[^<]*/, "AAAA"));
  assertEquals(count(dom, "data:image/png;base64,AQID"), 1);
  assertEquals(console.length, 1);
  assertMatch(console[0], /This figure stays a still picture/);
});

browserTest(
  "renderPng() draws a picture that is not empty, half as wide again as asked, and leaves no file behind",
  async () => {
    const folder = await Deno.makeTempDir({ prefix: "bss-browser-test-" });
    let png: Uint8Array | null = null;
    await withEnvironment({ TMPDIR: folder }, async () => {
      png = await renderPng(CURVES, { width: 600, height: 300 });
    });
    await Deno.remove(folder); // refuses a folder that is not empty
    const picture = decode(png!);
    assertEquals([picture.width, picture.height], [900, 450]);
    const { width, channels, data } = picture;
    const isVermilion = (at: number) =>
      data[at] === 213 && data[at + 1] === 94 && data[at + 2] === 0;
    const pixels = Array.from({ length: data.length / channels }, (_, pixel) => pixel * channels);
    assert(pixels.filter(isVermilion).length > width / 4, "the line of bss is not there");
    assertEquals([...data.subarray(0, 3)], [255, 255, 255]);
  },
);

browserTest(
  "figureDisplay() returns a bundle with Plotly's form, HTML, a picture and text",
  async () => {
    const bundle = await bundleOf(figureDisplay(CURVES));
    assertEquals(Object.keys(bundle), [
      "application/vnd.plotly.v1+json",
      "text/html",
      "image/png",
      "text/plain",
    ]);
    const { data, layout } = bundle["application/vnd.plotly.v1+json"] as Figure;
    assertEquals({ data, layout }, CURVES);
    assert(String(bundle["text/html"]).includes(String(bundle["image/png"])));
  },
);
