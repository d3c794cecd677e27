import { assertEquals, assertThrows } from "@std/assert";
import { join } from "node:path";
import { generatedParts, withPart } from "../../experiments/readme.ts";
import { PROJECT_ROOT } from "../../lib/files/project_root.ts";
import { UserError } from "../../lib/user_error.ts";

Deno.test("the figures of the READMEs are those of results/", async () => {
  for (const [file, parts] of Object.entries(await generatedParts())) {
    const text = await Deno.readTextFile(join(PROJECT_ROOT, file));
    for (const [name, part] of Object.entries(parts)) {
      assertEquals(withPart(text, name, part), text, "deno run -A experiments/readme.ts mends it");
    }
  }
});

Deno.test("withPart() replaces a part between its marks, and names one that is missing", () => {
  assertEquals(
    withPart("a\n<!-- x -->\n1\n<!-- /x -->\nb", "x", "2"),
    "a\n<!-- x -->\n2\n<!-- /x -->\nb",
  );
  assertThrows(() => withPart("<!-- x -->\n", "y", ""), UserError, "no part <!-- y -->");
});
