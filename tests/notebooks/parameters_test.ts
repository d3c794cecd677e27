import { assertEquals, assertThrows } from "@std/assert";
import { codeCell, notebookOf } from "./made_up.ts";
import {
  declaredParameters,
  injectParameters,
  parseSettings,
} from "../../lib/notebook/parameters.ts";
import { isInjected } from "../../lib/notebook/notebook.ts";
import { UserError } from "../../lib/user_error.ts";

const NOTEBOOK = notebookOf(
  codeCell("const before = 1;"),
  codeCell(
    `import type { Scale } from "x";\n// of three\nconst scale: Scale = "quick"; // "smoke"\n` +
      `const folder = "../a=b" as string;\nlet epochs = 40\nconst seeds: number[] = [1, 2];\n` +
      `const isTrial = false;\nconst options = {};`,
    [],
    ["parameters"],
  ),
  codeCell("scale;"),
);

Deno.test("declaredParameters() finds the constants of the tagged cell with their values", () => {
  assertEquals([...declaredParameters(NOTEBOOK)], [
    ["scale", '"quick"'],
    ["folder", '"../a=b" as string'],
    ["epochs", "40"],
    ["seeds", "[1, 2]"],
    ["isTrial", "false"],
    ["options", "{}"],
  ]);
  assertEquals(declaredParameters(notebookOf(codeCell("const a = 1;"))).size, 0);
});

Deno.test("injectParameters() puts one cell behind the declaring one, even if called twice", () => {
  const once = injectParameters(NOTEBOOK, { scale: "smoke" }, "a.ipynb");
  const twice = injectParameters(once, { scale: `"</script>`, seeds: [3] }, "a.ipynb");
  assertEquals(once.cells.map(isInjected), [false, false, true, false]);
  assertEquals(twice.cells.map(isInjected), [false, false, true, false]);
  assertEquals(once.cells[2].source, 'const scale = "smoke";');
  assertEquals(twice.cells[2].source, 'const scale = "\\"</script>";\nconst seeds = [3];');
  assertEquals(injectParameters(once, {}, "a.ipynb"), NOTEBOOK);
});

Deno.test("injectParameters() names the declared parameters", () => {
  const inject = (notebook = NOTEBOOK) => injectParameters(notebook, { size: 1 }, "a.ipynb");
  assertThrows(inject, UserError, 'a.ipynb has no parameter "size"; its cell tagged "parameters"');
  assertThrows(inject, UserError, "declares scale, folder, epochs, seeds, isTrial, options");
  assertThrows(() => inject(notebookOf()), UserError, "declares none");
});

Deno.test("parseSettings() gives values of the kind that the notebook has", () => {
  const settings = ["scale=3", "folder=/a=b", "epochs=3", "seeds=[4]", "isTrial=true", "other=1"];
  assertEquals(parseSettings(settings, NOTEBOOK), {
    scale: "3",
    folder: "/a=b",
    epochs: 3,
    seeds: [4],
    isTrial: true,
  });
});

Deno.test("parseSettings() takes any value in the place of an expression", () => {
  const notebook = notebookOf(codeCell("const limit = 2 * 10;", [], ["parameters"]));
  for (const [text, value] of [["null", null], ["3", 3], ["a", "a"]]) {
    assertEquals(parseSettings([`limit=${text}`], notebook), { limit: value });
  }
});

Deno.test("parseSettings() refuses malformed settings and values of another kind", () => {
  const cases: [setting: string, message: string][] = [
    ["scale", "must be NAME=VALUE"],
    ["=1", "must be NAME=VALUE"],
    ["epochs=many", "--set epochs=many: the notebook has epochs = 40, so it must be a number"],
    ["epochs=[1]", "must be a number"],
    ["isTrial=1", "must be a boolean"],
    ["seeds=1", "must be a list like [1, 2]"],
    ["options=[1]", 'must be an object like {"a": 1}'],
  ];
  for (const [setting, message] of cases) {
    assertThrows(() => parseSettings([setting], NOTEBOOK), UserError, message);
  }
});
