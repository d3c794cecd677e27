/** A figure as Plotly's own data. */
export const PLOTLY_MIME = "application/vnd.plotly.v1+json";

/** `[{ claim, verdict, evidence }, …]`: a notebook's verdicts, see `report/with_verdicts.ts`. */
export const VERDICTS_MIME = "application/vnd.distillation.verdicts+json";

/** An `Inputs`. */
export const INPUTS_MIME = "application/vnd.distillation.inputs+json";

/** The results that a notebook's outputs were made from; older ones lack table and command. */
export interface Inputs {
  /** The path of a results folder, relative to the notebook's folder */
  readonly folder: string;
  /** SHA-256 of each result by its name */
  readonly results: Readonly<Record<string, string>>;
  readonly table?: string;
  /** Makes the results */
  readonly command?: string;
}

/**
 * The part of the notebook format (nbformat 4) that is used here. Texts are whole; the file has
 * them cut into lines.
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
  /** Only code cells have outputs. */
  readonly outputs?: readonly Output[];
  /** A code cell's place in the order of execution, from 1; `null` if it was not run. */
  readonly execution_count?: number | null;
}

export type Output = StreamOutput | DataOutput | ErrorOutput;

/** Text that a cell printed. */
export interface StreamOutput {
  readonly output_type: "stream";
  readonly name: "stdout" | "stderr";
  readonly text: string;
}

/** An output in one or more forms, by MIME type. */
export interface DataOutput {
  readonly output_type: "display_data" | "execute_result";
  readonly data: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** The error that ended a cell. */
export interface ErrorOutput {
  readonly output_type: "error";
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
}

/** The tag and the id of the cell that gives parameters other values. */
export const INJECTED = "injected-parameters";

/** True for the cell that gives parameters other values. */
export function isInjected({ metadata }: Cell): boolean {
  return metadata.tags?.includes(INJECTED) ?? false;
}

export function codeCells({ cells }: Notebook): Cell[] {
  return cells.filter(({ cell_type }) => cell_type === "code");
}

/** Lists the outputs of all cells in their order. */
export function outputsOf(notebook: Notebook): Output[] {
  return notebook.cells.flatMap(({ outputs = [] }) => outputs);
}

/** Lists the values of all outputs that have the given form. */
export function shownAs(notebook: Notebook, mimeType: string): unknown[] {
  return outputsOf(notebook).flatMap((output) =>
    "data" in output && mimeType in output.data ? [output.data[mimeType]] : []
  );
}

/**
 * Joins a notebook's code cells into one TypeScript module, for checks that do not read notebooks.
 * A cell's last line stays an expression statement.
 */
export function extractCells(notebook: Notebook): string {
  return [...codeCells(notebook).map(({ source }) => source), "export {};"].join("\n\n") + "\n";
}

/** Lists the errors of a notebook's own code cells: "code cell 3: UserError: …". */
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

/** Lists the inputs that a notebook's outputs say they were made from. */
export function inputsOf(notebook: Notebook): Inputs[] {
  return shownAs(notebook, INPUTS_MIME) as Inputs[];
}
