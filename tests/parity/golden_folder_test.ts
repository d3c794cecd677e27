import { assertEquals, assertThrows } from "@std/assert";
import { GoldenFile } from "../../lib/parity/golden_folder.ts";
import { UserError } from "../../lib/user_error.ts";

Deno.test("a golden file's setting comes from it, else from the fallback, and else is an error", () => {
  const file = new GoldenFile({ tensors: new Map(), metadata: { alpha: "2.5" } }, "step");
  assertEquals(file.setting("alpha"), 2.5);
  assertEquals(file.setting("alpha", 4), 2.5);
  assertEquals(file.setting("eta", 0.3), 0.3);
  assertThrows(() => file.setting("beta"), UserError, "step lacks the setting beta");
});
