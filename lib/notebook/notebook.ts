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
