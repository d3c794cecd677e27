import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { join } from "node:path";
import { codeCell, errorOutput, notebookOf, shownData, textCell } from "./made_up.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";
import type { Evidence } from "../../lib/report/with_verdicts.ts";
import { INPUTS_MIME, PLOTLY_MIME, VERDICTS_MIME } from "../../lib/notebook/notebook.ts";
import { parseNotebook, readNotebook } from "../../lib/notebook/read_notebook.ts";
import { formatNotebook, writeNotebook } from "../../lib/notebook/write_notebook.ts";
import { UserError } from "../../lib/user_error.ts";

Deno.test("writeNotebook() writes lines and sorted keys that readNotebook() reads back", async () => {
  const data = {
    "text/plain": "a\nb\r\n",
    "image/png": "AA\n",
    "application/x+json": { b: "1\n2" },
  };
  const notebook = notebookOf(
    textCell("# Title\n\ntext"),
    codeCell("", [
      { output_type: "stream", name: "stdout", text: "one\ntwo" },
      shownData(data),
      { output_type: "error", ename: "Error", evalue: "e", traceback: ["a\nb"] },
    ]),
  );
  await withTemporaryFolder(async (folder) => {
    const path = join(folder, "a.ipynb");
    await writeNotebook(path, notebook);
    assertEquals(await readNotebook(path), notebook);
    const text = await Deno.readTextFile(path);
    assertStringIncludes(text, `"text": [\n      "one\\n",\n      "two"\n     ]`);
    assertEquals(text.indexOf('"cells"') < text.indexOf('"metadata"'), true);
    assertEquals(formatNotebook(await readNotebook(path)), text);
  });
});

Deno.test("readNotebook() names a file that is missing or not a notebook", async () => {
  await assertRejects(() => readNotebook("/none.ipynb"), UserError, "/none.ipynb");
  const cases = ["", "{", "null", "[]", '{"cells": []}', '{"nbformat": 3, "cells": []}'];
  for (const text of cases) {
    assertThrows(() => parseNotebook(text, "a.ipynb"), UserError, "a.ipynb is not a notebook");
  }
});

const MARKDOWN = { cell_type: "markdown", metadata: {}, source: ["# T"] };

/** An output with one form. */
const shown = (type: string, value: unknown) => shownData({ [type]: value });

const badCells: [fault: string, cell: unknown][] = [
  ["it is not an object", null],
  ["it is not an object", "text"],
  [`its "cell_type" is unknown`, { ...MARKDOWN, cell_type: "heading" }],
  [`its "source" is not a text`, { ...MARKDOWN, source: undefined }],
  [`its "source" is not a text`, { ...MARKDOWN, source: null }],
  [`its "source" is not a text`, { ...MARKDOWN, source: ["a", 1] }],
  [`its "metadata" is not an object`, { ...MARKDOWN, metadata: undefined }],
  [`its "metadata" is not an object`, { ...MARKDOWN, metadata: null }],
  [`its "tags" are not a list of texts`, { ...MARKDOWN, metadata: { tags: 5 } }],
  [`its "tags" are not a list of texts`, { ...MARKDOWN, metadata: { tags: "parameters" } }],
  [`its "outputs" are not a list`, { ...codeCell("1"), outputs: null }],
  [`its "outputs" are not a list`, { ...codeCell("1"), outputs: {} }],
];

const EVIDENCE: Evidence = {
  dataset: "cifar10",
  scale: "paper",
  place: "resnet8",
  isMain: true,
  seeds: "3 of 10",
  difference: 2.07,
  interval: null,
  paper: null,
  unit: "points",
  shown: { difference: "+2.07 points", interval: null },
  isDecided: false,
};

const badOutputs: [fault: string, output: unknown][] = [
  ["it is not an object", null],
  ["it is not an object", "text"],
  [`its "output_type" is unknown`, {}],
  [`its "output_type" is unknown`, { output_type: "pyout", data: {} }],
  [`its "text" is not a text`, { output_type: "stream", name: "stdout" }],
  [`its "text" is not a text`, { output_type: "stream", name: "stdout", text: 5 }],
  [`its "data" is not an object`, { output_type: "display_data", metadata: {} }],
  [`its "data" is not an object`, { output_type: "display_data", data: [1], metadata: {} }],
  [`it lacks "ename"`, { output_type: "error" }],
  [`it lacks "ename"`, { ...errorOutput("E", "e"), traceback: null }],
  [`its "text/html" has the wrong form`, shown("text/html", null)],
  [`its "text/plain" has the wrong form`, shown("text/plain", {})],
  [`its "image/png" has the wrong form`, shown("image/png", 5)],
  [`its "${PLOTLY_MIME}" has the wrong form`, shown(PLOTLY_MIME, null)],
  [
    `its "${PLOTLY_MIME}" has the wrong form`,
    shown(PLOTLY_MIME, { layout: { title: { text: 5 } } }),
  ],
  [`its "${VERDICTS_MIME}" has the wrong form`, shown(VERDICTS_MIME, "text")],
  [`its "${VERDICTS_MIME}" has the wrong form`, shown(VERDICTS_MIME, [{ claim: "c" }])],
  ...[
    { ...EVIDENCE, difference: "3" },
    { ...EVIDENCE, interval: [1] },
    { ...EVIDENCE, place: null },
    { ...EVIDENCE, shown: { difference: 3 } },
    [],
  ].map((evidence): [string, unknown] => [
    `its "${VERDICTS_MIME}" has the wrong form`,
    shown(VERDICTS_MIME, [{ claim: "c", verdict: "v", evidence }]),
  ]),
  [`its "${INPUTS_MIME}" has the wrong form`, shown(INPUTS_MIME, { folder: "../results" })],
  [
    `its "${INPUTS_MIME}" has the wrong form`,
    shown(INPUTS_MIME, { folder: ".", table: "../a", results: {} }),
  ],
  [
    `its "${INPUTS_MIME}" has the wrong form`,
    shown(INPUTS_MIME, { folder: ".", results: { "../a": "" } }),
  ],
];

Deno.test("readNotebook() says in one line what is wrong with a cell or an output", () => {
  const cases: [fault: string, cells: unknown[]][] = [
    ...badCells.map(([fault, cell]): [string, unknown[]] => [`cell 1: ${fault}`, [cell]]),
    ...badOutputs.map(([fault, output]): [string, unknown[]] => [
      `cell 2: output 1: ${fault}`,
      [MARKDOWN, { ...codeCell("1"), outputs: [output] }],
    ]),
  ];
  for (const [fault, cells] of cases) {
    const text = JSON.stringify({ nbformat: 4, cells });
    const { message } = assertThrows(() => parseNotebook(text, "a.ipynb"), UserError);
    assertStringIncludes(message, `a.ipynb is not a notebook (${fault}`);
    assertEquals(message.split("\n").length, 1);
  }
});

Deno.test("readNotebook() accepts every form that a notebook may have", () => {
  const stream = { output_type: "stream", name: "stdout", text: ["a\n", "b"] };
  const outputs = [
    stream,
    errorOutput("E", "e"),
    shown("application/json", null),
    shown("text/html", ["<b>", "</b>"]),
    shown(PLOTLY_MIME, { data: [], layout: {} }),
    shown(PLOTLY_MIME, { data: [], layout: { title: { text: "t" } } }),
    shown(VERDICTS_MIME, [{ claim: "c", verdict: "v" }]),
    shown(VERDICTS_MIME, [{ claim: "c", verdict: "v", evidence: EVIDENCE }]),
    shown(INPUTS_MIME, { folder: "../results", results: { "runs/a": "0" } }),
    shown(INPUTS_MIME, { folder: "../results", table: "tables/a", command: "c", results: {} }),
  ];
  const cells = [MARKDOWN, { ...codeCell("1"), outputs }, { ...MARKDOWN, cell_type: "raw" }];
  const notebook = parseNotebook(JSON.stringify({ nbformat: 4, cells }), "a.ipynb");
  assertEquals(notebook.cells[1].outputs?.length, outputs.length);
});
