import { type Notebook, outputsOf } from "../../lib/notebook/notebook.ts";

/** Joins all text that a notebook prints or shows, for searching. */
export function shownText(notebook: Notebook): string {
  return outputsOf(notebook).map((output) => {
    if (output.output_type === "stream") return output.text;
    if (output.output_type === "error") return `${output.ename}: ${output.evalue}`;
    return String(output.data["text/plain"] ?? "");
  }).join("\n");
}
