import { isResultName } from "../store/manifest.ts";
import { INPUTS_MIME, PLOTLY_MIME, VERDICTS_MIME } from "./notebook.ts";
import { isRecord } from "../is_record.ts";

/** The first thing that is wrong with a value; null if nothing is. */
type Fault = string | null;

/** Finds the reason why a file's content is not a `Notebook`; null if it is one. */
export function notebookFault(content: unknown): Fault {
  if (!isRecord(content) || content.nbformat !== 4 || !Array.isArray(content.cells)) {
    return `it lacks "cells", or its "nbformat" is not 4`;
  }
  return firstFault(content.cells, "cell", cellFault);
}

/** True if a form of an output is data, not text. */
export function isJson(mimeType: string): boolean {
  return mimeType === "application/json" || mimeType.endsWith("+json");
}

function cellFault(cell: unknown): Fault {
  if (!isRecord(cell)) return "it is not an object";
  const { cell_type, source, metadata, outputs = [] } = cell;
  if (!["code", "markdown", "raw"].includes(cell_type as string)) {
    return `its "cell_type" is unknown`;
  }
  if (!isText(source)) return `its "source" is not a text`;
  if (!isRecord(metadata)) return `its "metadata" is not an object`;
  if (!isTexts(metadata.tags ?? [])) return `its "tags" are not a list of texts`;
  if (!Array.isArray(outputs)) return `its "outputs" are not a list`;
  return firstFault(outputs, "output", outputFault);
}

function outputFault(output: unknown): Fault {
  if (!isRecord(output)) return "it is not an object";
  switch (output.output_type) {
    case "stream":
      return isText(output.text) ? null : `its "text" is not a text`;
    case "error": {
      const { ename, evalue, traceback } = output;
      const isWhole = isTexts([ename, evalue]) && isTexts(traceback);
      return isWhole ? null : `it lacks "ename", "evalue" or "traceback"`;
    }
    case "display_data":
    case "execute_result": {
      if (!isRecord(output.data)) return `its "data" is not an object`;
      const wrong = Object.entries(output.data).find(([type, value]) => !isForm(type, value));
      return wrong === undefined ? null : `its "${wrong[0]}" has the wrong form`;
    }
    default:
      return `its "output_type" is unknown`;
  }
}

function isForm(mimeType: string, value: unknown): boolean {
  const own = OWN_FORMS[mimeType];
  return own ? own(value) : isJson(mimeType) || isText(value);
}

/** Forms with checks beyond being JSON. */
const OWN_FORMS: Readonly<Record<string, (value: unknown) => boolean>> = {
  [PLOTLY_MIME]: (figure) => {
    const { layout } = Object(figure);
    return isRecord(figure) && typeof (layout?.title?.text ?? "") === "string";
  },
  [VERDICTS_MIME]: (verdicts) =>
    Array.isArray(verdicts) &&
    verdicts.every((one) =>
      isRecord(one) && isTexts([one.claim, one.verdict]) &&
      (one.evidence === undefined || isEvidence(one.evidence))
    ),
  [INPUTS_MIME]: (inputs) =>
    isRecord(inputs) && isTexts([inputs.folder, inputs.command ?? ""]) &&
    isResultName(String(inputs.table ?? "tables/a")) && isRecord(inputs.results) &&
    isTexts(Object.values(inputs.results)) && Object.keys(inputs.results).every(isResultName),
};

/** True for the numbers of a verdict, see `Evidence` in `report/with_verdicts.ts`. */
function isEvidence(value: unknown): boolean {
  if (!isRecord(value) || !isRecord(value.shown)) return false;
  const { dataset, scale, place, seeds, unit, difference, interval, paper, shown } = value;
  const isNumber = (one: unknown) => one === null || Number.isFinite(one);
  return isTexts([dataset, scale, place, seeds, unit]) && isNumber(difference) && isNumber(paper) &&
    (interval === null ||
      Array.isArray(interval) && interval.length === 2 && interval.every(Number.isFinite)) &&
    isTexts([shown.difference ?? "", shown.interval ?? ""]);
}

/** True for a text, and for a text cut into lines. */
function isText(value: unknown): boolean {
  return typeof value === "string" || isTexts(value);
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}

function firstFault(list: readonly unknown[], what: string, of: (one: unknown) => Fault): Fault {
  for (const [index, one] of list.entries()) {
    const fault = of(one);
    if (fault !== null) return `${what} ${index + 1}: ${fault}`;
  }
  return null;
}
