import { assert, assertEquals } from "@std/assert";
import axe from "npm:axe-core@4.14.1";
import { basename, join } from "node:path";
import { figuresOf, marksOf } from "./figure_structure.ts";
import { drawnMarks, faintTexts, leastTextSize, overhang, silentlyWide } from "./in_page.js";
import { browserTest, type ShownPage } from "./open_pages.ts";
import { codeCell, errorOutput, notebookOf, shownData, textCell } from "../notebooks/made_up.ts";
import { tableRowOf } from "../runs/table_row_of.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";
import { robustness } from "../../experiments/robustness.ts";
import { table1 } from "../../experiments/table1.ts";
import { table2 } from "../../experiments/table2.ts";
import { table4 } from "../../experiments/table4.ts";
import { listNotebooks } from "../../lib/notebook/list_notebooks.ts";
import { type Notebook, PLOTLY_MIME, shownAs, VERDICTS_MIME } from "../../lib/notebook/notebook.ts";
import { readNotebook } from "../../lib/notebook/read_notebook.ts";
import { bundleOf } from "../../lib/report/display.ts";
import { encodePng } from "../../lib/report/image_grid.ts";
import type { NotebookVerdict } from "../../lib/report/with_verdicts.ts";
import type { Experiment } from "../../lib/runs/experiment.ts";
import type { ResultTable } from "../../lib/runs/table/result_table.ts";
import { summaryTable } from "../../lib/runs/table/summary_table.ts";
import { type NamedNotebook, writeOnePage, writePages } from "../../lib/render/write_pages.ts";

/** A phone and a laptop. */
const WIDTHS = [420, 1300];
const SCHEMES = ["dark", "light"] as const;

const committed: NamedNotebook[] = await Promise.all(
  (await listNotebooks()).map(async (path) => ({
    name: basename(path, ".ipynb"),
    notebook: await readNotebook(path),
  })),
);

browserTest(
  "every page of the committed notebooks is whole and readable offline",
  async (show) => {
    await withTemporaryFolder(async (folder) => {
      await writePages(folder, committed, "made by a test");
      for (const width of WIDTHS) {
        const index = await show(join(folder, "index.html"), width);
        await assertReadable(index, "index", width);
        await assertAccessible(index, "index");
      }
      // The next test shows all of them on a laptop. On a phone more of a page scrolls.
      const [width] = WIDTHS;
      for (const { name, notebook } of committed) {
        const shown = await show(join(folder, `${name}.html`), width);
        await assertReadable(shown, name, width);
        await assertAccessible(shown, name);
        await assertComplete(shown, [notebook]);
      }
    });
  },
);

browserTest(
  "one page holds all committed notebooks and needs no other file",
  async (show) => {
    await withTemporaryFolder(async (folder) => {
      const file = join(folder, "all.html");
      await writeOnePage(file, committed, "made by a test");
      assertEquals((await Array.fromAsync(Deno.readDir(folder))).length, 1);
      for (const width of WIDTHS) {
        const shown = await show(file, width);
        await assertReadable(shown, "all.html", width);
        await assertComplete(shown, committed.map(({ notebook }) => notebook));
      }
    });
  },
);

/**
 * Outputs that would run, load, leave the page, look like a part of it, or swallow what follows.
 */
const HOSTILE = [
  `<b>text</b><img src="http://example.org/x.png" onerror="document.title = 'run'">`,
  `<script>document.title = "run"</script><script src="evil.js"></script>`,
  `<meta http-equiv="refresh" content="0; url=evil.html"><base href="http://example.org/">`,
  `<iframe src="evil.html"></iframe><object data="evil.html"></object><svg onload="document.title = 1">`,
  `<a href="javascript:document.title = 'run'">a link</a><form action="evil.html"><button>b</button>`,
  `<figure class="figure"><script>no figure</script></figure><main id="main"></main>`,
  `<p style="position:fixed;top:0;margin:-999px;background:url(http://example.org/y.png)">over</p>`,
  `<style>body { display: none }</style><link rel="stylesheet" href="evil.css">`,
  `<img src="evil.png">`,
  `<textarea>`,
  `<table><td><!--`,
];

browserTest(
  "a page runs and loads nothing from an output, stays open, and shows what follows",
  async (show) => {
    const verdicts = [{ claim: "BSS <wins>", verdict: "not settled" }];
    const figure = { data: [{ type: "scatter", y: [1, 2] }], layout: {}, config: {} };
    const notebook = notebookOf(
      textCell("# A <b>title</b>\n\n**The question**: [why](javascript:alert(1))?"),
      ...HOSTILE.map((html) => codeCell("1", [shownData({ "text/html": html })])),
      codeCell("2", [shownData({ [PLOTLY_MIME]: { data: "no data", layout: null } })]),
      codeCell("2", [shownData({ [PLOTLY_MIME]: figure })]),
      codeCell("2", [shownData({ [VERDICTS_MIME]: verdicts, "text/plain": "verdicts" })]),
      codeCell("3", [errorOutput("UserError", "there are <no> results")]),
      textCell("The end."),
    );
    await withTemporaryFolder(async (folder) => {
      await writePages(folder, [{ name: "made-up", notebook }], "made by a test");
      await Deno.writeTextFile(join(folder, "evil.js"), `document.title = "run"`);
      await Deno.writeTextFile(join(folder, "evil.css"), "body { display: none }");
      await Deno.writeTextFile(join(folder, "evil.html"), "another page");
      const { page, asked } = await show(join(folder, "made-up.html"), 400, 1);
      assertEquals(await page.title(), "A <b>title</b>");
      assertEquals(basename(page.url()), "made-up.html");
      assertEquals(asked, []);
      assertEquals(await page.locator(".output b").textContent(), "text");
      assertEquals(await page.locator("iframe, object, form, textarea, #main").count(), 0);
      assertEquals(await page.locator(".plot").count(), 1);
      assertEquals(
        await page.evaluate(`getComputedStyle(document.querySelector(".output p")).position`),
        "static",
      );
      assertEquals(await page.getByText("The end.").isVisible(), true);
      const index = await show(join(folder, "index.html"), 400);
      await assertReadable(index, "index", 400);
      assertEquals(await index.page.locator("dt").textContent(), "BSS <wins>");
      assertEquals(await index.page.locator("dd").textContent(), "not settled");
      assertEquals(
        await index.page.locator(".error").textContent(),
        "code cell 15: UserError: there are <no> results",
      );
      assertEquals(await index.page.locator("a").count(), 1);
    });
  },
);

browserTest(
  "faintTexts() finds grey on white, and a page without Plotly keeps its pictures",
  async (show) => {
    const data = new Uint8ClampedArray(64);
    const picture = encodePng({ width: 8, height: 8, channels: 1, data }).toBase64();
    const figure = { data: [], layout: { title: { text: "A & B" } }, config: {} };
    const cell = codeCell("1", [
      shownData({ "application/vnd.plotly.v1+json": figure, "image/png": picture }),
      shownData({ "text/html": `<p style="color:#999">faint</p><p style="color:#666">fine</p>` }),
    ]);
    await withTemporaryFolder(async (folder) => {
      await writePages(folder, [{ name: "made #1", notebook: notebookOf(cell) }], "made by a test");
      const { page } = await show(join(folder, "made #1.html"), 400);
      assertEquals(await page.evaluate(faintTexts), ["faint (2.85:1)"]);
      const plotly = join(folder, "plotly.js");
      const faults = [
        () => Deno.writeTextFile(plotly, 'globalThis.packedPlotly = "AAAA";'),
        () => Deno.remove(plotly),
      ];
      for (const fault of faults) {
        await fault();
        const predicate = (message: { text(): string }) =>
          message.text().startsWith("The figures stay still pictures: ");
        await Promise.all([page.waitForEvent("console", { predicate }), page.reload()]);
        assertEquals(await page.locator(".still img").isVisible(), true);
        assertEquals(await page.evaluate(`document.querySelector(".still img").naturalWidth`), 8);
        assertEquals(await page.locator("figcaption").textContent(), "A & B");
      }
    });
  },
);

/** The part of axe's findings that a message needs. */
interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}

function described({ id, nodes }: AxeResults["violations"][number]): string {
  return `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(" ")}`;
}

/** Checks a page by the rules of axe-core that can be checked without a person. */
async function assertAccessible({ page }: ShownPage, name: string) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<AxeResults>(
    `axe.run({ resultTypes: ["violations"] })`,
  );
  assertEquals(violations.map(described), [], name);
}

/** Checks contrast in both colour schemes, the page's width, and the size of texts. */
async function assertReadable({ page, said, asked }: ShownPage, name: string, width: number) {
  const where = `${name} at ${width} px`;
  assertEquals(said, [], where);
  assertEquals(asked, [], where);
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme });
    const there = `${where}, ${colorScheme}`;
    assertEquals(await page.evaluate(faintTexts), [], there);
  }
  assertEquals(await page.evaluate(overhang) <= 0, true, `${where} scrolls sideways`);
  assertEquals(await page.evaluate(silentlyWide), [], where);
  assertEquals(await page.evaluate(leastTextSize) >= 12, true, `${where} has small text`);
}

/** Checks that the page shows every figure with every mark, and every table. */
async function assertComplete({ page }: ShownPage, notebooks: readonly Notebook[]): Promise<void> {
  const figures = notebooks.flatMap(figuresOf);
  assertEquals(await page.evaluate(drawnMarks), figures.map(marksOf));
  const tables = notebooks.flatMap((notebook) => shownAs(notebook, "text/html"))
    .filter((html) => String(html).startsWith("<table"));
  assertEquals(await page.locator(".output table").count(), tables.length);
}

browserTest(
  "the leaderboard is readable on a laptop and a phone, in both colour schemes",
  async (show) => {
    const evidence = {
      place: "resnet8, 20 % of the images, 80 epochs",
      isMain: true,
      seeds: "3 of 10",
      interval: [-0.5, 34] as const,
      paper: 0.66,
      unit: "points",
      shown: { difference: "+2.07 points", interval: "[-0.50, 34.00]" },
    };
    const of = (dataset: string, scale: string, difference: number | null) =>
      [true, false].map((isDecided): NotebookVerdict => ({
        claim: "BSS beat attention transfer with Hinton's distillation",
        verdict: isDecided ? "no difference beyond 0.5 points" : "3 of 10 seeds",
        evidence: { ...evidence, dataset, scale, difference, isDecided },
      }));
    const verdicts = [
      ...of("cifar10", "paper", 2.07),
      ...of("cifar10", "paper", null),
      ...of("fashion-mnist-subset", "quick", 1),
    ];
    const cell = codeCell("1", [shownData({ [VERDICTS_MIME]: verdicts, "text/plain": "v" })]);
    const notebook = notebookOf(textCell("# A title\n\n**The question**"), cell);
    await withTemporaryFolder(async (folder) => {
      await writePages(folder, [{ name: "made-up", notebook }], "made by a test");
      for (const width of WIDTHS) {
        const shown = await show(join(folder, "index.html"), width);
        await shown.page.locator("details").evaluateAll(
          (all) => all.forEach((one) => one.setAttribute("open", "")),
        );
        await assertReadable(shown, "leaderboard", width);
        await assertAccessible(shown, "leaderboard");
        assertEquals(await shown.page.locator(".forest svg[role=img]").count(), 2);
      }
    });
  },
);

/** Makes rows of an experiment with ten seeds and every figure, as long as they get. */
function fullTable(experiment: Experiment): ResultTable {
  const methods = ["original", "hinton", "fitnet", "attention", "fsp", "bss"];
  const shares = [0.83, 0.17, 0];
  const rows = methods.flatMap((method) =>
    Array.from({ length: 10 }, (_, index) => {
      const row = tableRowOf(method, index + 1, 0.7 + 0.01 * index, {
        dataset: "cifar10",
        scale: "paper",
        fraction: 0.2,
        shares,
      });
      const figures = experiment.measures.map((name) => [name, 0.7 + 0.01 * index]);
      return { ...row, figures: { ...row.figures, ...Object.fromEntries(figures) } };
    })
  );
  return { rows, results: [], missing: [], unmeasured: [], damaged: [] };
}

browserTest(
  "the columns that a table is about are visible on a laptop; on a phone its box says that it scrolls",
  async (show) => {
    const told: [Experiment, column: string][] = [
      [table1, "attacked: to target / third / not crossed (%)"],
      [table2, "top-5 accuracy (%)"],
      [table4, "MagSim"],
      [robustness, "APGD, L∞ 1/255 (%)"],
    ];
    await withTemporaryFolder(async (folder) => {
      for (const [experiment, column] of told) {
        const name = experiment.name;
        const bundle = await bundleOf(summaryTable(experiment, "paper", fullTable(experiment)));
        const cell = codeCell("1", [shownData(bundle)]);
        await writePages(folder, [{ name, notebook: notebookOf(cell) }], "made by a test");
        for (const width of WIDTHS) {
          const { page } = await show(join(folder, `${name}.html`), width);
          const [scroll, client] = await page.evaluate<[number, number]>(
            `[...document.querySelectorAll(".output")].flatMap((box) => [box.scrollWidth, box.clientWidth])`,
          );
          assertEquals(await page.getByText(column, { exact: true }).count(), 1, name);
          if (width === 1300) assert(scroll <= client, `${name}: ${scroll} of ${client} px`);
          assertEquals(await page.locator(".scrolls").count(), scroll > client ? 1 : 0, name);
        }
      }
    });
  },
);
