/** The figure as Plotly's own data. */
export const PLOTLY_MIME = "application/vnd.plotly.v1+json";

/** `[{ claim, verdict }, …]`: what a notebook says of the paper's claims. */
export const VERDICTS_MIME = "application/vnd.distillation.verdicts+json";

/** `{ folder, results: { name: SHA-256 } }`: which results a notebook's outputs were made from. */
export const INPUTS_MIME = "application/vnd.distillation.inputs+json";

/**
 * The parts of the notebook format (nbformat 4) that are used here. Texts are whole, not cut into
 * lines as in the file.
 */
export interface Notebook {
  readonly cells: readonly Cell[];
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly nbformat: number;
  readonly nbformat_minor: number;
}

export interface Cell {
  readonly cell_type: "code" | "markdown" | "raw";
  readonly id?: string;
  readonly metadata: { readonly tags?: readonly string[] };
  readonly source: string;
  /** Only code cells have them. */
  readonly outputs?: readonly Output[];
  /** When in its session a code cell was run, from 1; `null` when it was not. */
  readonly execution_count?: number | null;
}

export type Output = StreamOutput | DataOutput | ErrorOutput;

/** What a cell printed. */
export interface StreamOutput {
  readonly output_type: "stream";
  readonly name: "stdout" | "stderr";
  readonly text: string;
}

/** What a cell showed, in one or more forms by MIME type. */
export interface DataOutput {
  readonly output_type: "display_data" | "execute_result";
  readonly data: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** Why a cell stopped. */
export interface ErrorOutput {
  readonly output_type: "error";
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
}

/** The tag and the id of the cell that gives parameters other values. */
export const INJECTED = "injected-parameters";

/** Whether a cell gives parameters other values than the notebook declares. */
export function isInjected({ metadata }: Cell): boolean {
  return metadata.tags?.includes(INJECTED) ?? false;
}

/** A notebook's code cells in their order. */
export function codeCells({ cells }: Notebook): Cell[] {
  return cells.filter(({ cell_type }) => cell_type === "code");
}

/** What all cells of a notebook show, in their order. */
export function outputsOf(notebook: Notebook): Output[] {
  return notebook.cells.flatMap(({ outputs = [] }) => outputs);
}

/** Everything that a notebook shows in one form, one value an output. */
export function shownAs(notebook: Notebook, mimeType: string): unknown[] {
  return outputsOf(notebook).flatMap((output) =>
    "data" in output && mimeType in output.data ? [output.data[mimeType]] : []
  );
}

/** All text that a notebook prints or shows, for those who search in it. */
export function shownText(notebook: Notebook): string {
  return outputsOf(notebook).map((output) => {
    if (output.output_type === "stream") return output.text;
    if (output.output_type === "error") return `${output.ename}: ${output.evalue}`;
    return String(output.data["text/plain"] ?? "");
  }).join("\n");
}

/**
 * The code cells of a notebook as one TypeScript module, for the checks that do not read notebooks.
 * What the last line of a cell shows is kept as an expression statement.
 */
export function extractCells(notebook: Notebook): string {
  return [...codeCells(notebook).map(({ source }) => source), "export {};"].join("\n\n") + "\n";
}

/** Which of a notebook's own code cells stopped and why: "code cell 3: UserError: …". */
export function cellErrors(notebook: Notebook): string[] {
  return codeCells(notebook).filter((cell) => !isInjected(cell)).flatMap((
    { outputs = [] },
    index,
  ) =>
    outputs.flatMap((output) =>
      output.output_type === "error"
        ? [`code cell ${index + 1}: ${output.ename}: ${output.evalue}`]
        : []
    )
  );
}
