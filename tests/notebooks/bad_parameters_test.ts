import { assertEquals } from "@std/assert";
import { cellErrors } from "../../lib/notebook/notebook.ts";
import { executeNotebook } from "../../lib/notebook/execute_notebook.ts";
import { notebooksNamed } from "../../lib/notebook/list_notebooks.ts";
import type { Parameters } from "../../lib/notebook/parameters.ts";

const cases: [name: string, parameters: Parameters, error: string][] = [
  [
    "quickstart",
    { scale: "smok" },
    'code cell 2: UserError: there is no scale "smok"; choose from smoke, quick, paper',
  ],
  [
    "quickstart",
    { imageToAttack: 30 },
    "code cell 6: UserError: imageToAttack is 30; choose from 0 to 9",
  ],
  [
    "boundary-2d",
    { scale: "smok" },
    'code cell 2: UserError: there is no scale "smok" here; choose from smoke, quick',
  ],
  [
    "table4",
    { results: "../resluts" },
    "code cell 2: UserError: there is no results folder ../resluts; `deno task reproduce` makes one",
  ],
];

for (const [name, parameters, error] of cases) {
  const given = JSON.stringify(parameters);
  Deno.test(`the notebook ${name} says what is wrong with ${given}`, async () => {
    const [path] = await notebooksNamed([name]);
    const notebook = await executeNotebook(path, { parameters });
    assertEquals(cellErrors(notebook), [error]);
  });
}
