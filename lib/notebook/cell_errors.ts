import { codeCells, type Notebook } from "./notebook.ts";
import { isInjected } from "./parameters.ts";

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
