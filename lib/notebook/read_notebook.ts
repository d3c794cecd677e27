import { asUserError } from "../as_user_error.ts";
import { UserError } from "../user_error.ts";
import type { Cell, Notebook, Output } from "./notebook.ts";
import { isJson, notebookFault } from "./notebook_fault.ts";

/** @throws UserError naming the file if it is missing or not a notebook */
export async function readNotebook(path: string): Promise<Notebook> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    throw asUserError(error);
  }
  return parseNotebook(text, path);
}

/**
 * @param path for error messages
 * @throws UserError if the text is not a notebook of format 4
 */
export function parseNotebook(text: string, path: string): Notebook {
  let content: Notebook;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw notANotebook(path, (error as Error).message);
  }
  const fault = notebookFault(content);
  if (fault !== null) throw notANotebook(path, fault);
  return { ...content, cells: content.cells.map(withWholeTexts) };
}

function notANotebook(path: string, reason: string): UserError {
  return new UserError(
    `${path} is not a notebook (${reason}); give a .ipynb file, or put back the version that you ` +
      "committed or backed up",
  );
}

/** A text in the file: whole, or a list of lines. */
type Text = string | readonly string[];

function withWholeTexts(cell: Cell): Cell {
  const { outputs } = cell;
  return {
    ...cell,
    source: whole(cell.source),
    ...(outputs ? { outputs: outputs.map(outputWithWholeTexts) } : {}),
  };
}

function outputWithWholeTexts(output: Output): Output {
  if (output.output_type === "stream") return { ...output, text: whole(output.text) };
  if (output.output_type === "error") return output;
  const data = Object.entries(output.data).map(([type, value]) =>
    [type, isJson(type) ? value : whole(value as Text)] as const
  );
  return { ...output, data: Object.fromEntries(data) };
}

function whole(text: Text): string {
  return typeof text === "string" ? text : text.join("");
}
