import { assert } from "@std/assert";
import { basename } from "node:path";
import { executionTest } from "./needs_nbclient.ts";
import { executed } from "./executed.ts";
import { listNotebooks } from "../../lib/notebook/list_notebooks.ts";
import { shownText } from "../../lib/notebook/notebook.ts";
import { declaredParameters } from "../../lib/notebook/parameters.ts";
import { readNotebook } from "../../lib/notebook/read_notebook.ts";

/** Their own tests execute these. */
const ELSEWHERE = ["quickstart", "boundary-2d"];

/** The notebooks share the results, as they do in use: what one has trained, the next one finds. */
const results = await Deno.makeTempDir({ prefix: "bss-test-" });
globalThis.addEventListener("unload", () => Deno.removeSync(results, { recursive: true }));

const TRIAL = { scale: "smoke", results, runMissing: true };

for (const path of await listNotebooks()) {
  const name = basename(path, ".ipynb");
  if (ELSEWHERE.includes(name)) continue;
  executionTest(`the notebook ${name} runs from its first to its last cell`, async () => {
    const declared = declaredParameters(await readNotebook(path));
    const parameters = Object.entries(TRIAL).filter(([parameter]) => declared.has(parameter));
    const notebook = await executed(name, Object.fromEntries(parameters));
    assert(shownText(notebook).length > 100, "it shows nearly nothing");
  });
}
