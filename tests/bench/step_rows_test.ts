import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { stepRows } from "../../lib/bench/step_rows.ts";
import { PROJECT_ROOT } from "../../lib/files/project_root.ts";
import { UserError } from "../../lib/user_error.ts";

const FILE = join(PROJECT_ROOT, "results", "bench.json");

Deno.test("stepRows() returns the rounds of every configuration and of PyTorch", async () => {
  const rows = await stepRows(FILE, "bss_step_ms");
  assertEquals(rows.map(({ method }) => method), [
    "onednn, float32",
    "onednn, cached clean logits",
    "onednn, bf16 teacher and cached clean logits",
    "onednn, bf16 teacher and student",
    "onednn, bf16 teacher, student and cached clean logits",
    "PyTorch, published",
    "PyTorch, tuned",
    "PyTorch, bf16",
  ]);
  for (const { mean, std, values } of rows) {
    assertEquals(values.length, 5);
    assert(mean > Math.min(...values) && mean < Math.max(...values) && std! > 0);
  }
});

Deno.test("stepRows() names a time that a file does not hold", async () => {
  await assertRejects(() => stepRows(FILE, "step_ms"), UserError, 'no times "step_ms"');
});
