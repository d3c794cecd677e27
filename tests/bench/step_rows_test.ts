import { assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { stepRows } from "../../lib/bench/step_rows.ts";
import { UserError } from "../../lib/user_error.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";

const rounds = (...times: number[]) => times.map((bss_step_ms) => ({ bss_step_ms }));

/** A benchmark of two configurations on oneDNN and two variants of PyTorch. */
const BENCH = {
  backends: {
    onednn: {
      configuration: "float32",
      rounds: rounds(300, 320, 310),
      configurations: { "bf16 teacher": { rounds: rounds(200, 202) } },
    },
    wasm: { configuration: "float32", rounds: rounds(4000) },
  },
  peer: {
    rounds: [900, 930].map((bss_step_ms) => ({
      published: { bss_step_ms },
      tuned: { bss_step_ms: bss_step_ms / 2 },
    })),
  },
};

async function withBench(test: (file: string) => Promise<void>): Promise<void> {
  await withTemporaryFolder(async (folder) => {
    const file = join(folder, "bench.json");
    await Deno.writeTextFile(file, JSON.stringify(BENCH));
    await test(file);
  });
}

Deno.test("stepRows() returns the rounds of every configuration and of PyTorch", async () => {
  await withBench(async (file) => {
    const rows = await stepRows(file, "bss_step_ms");
    assertEquals(rows.map(({ method, mean, values }) => [method, mean, values]), [
      ["onednn, float32", 310, [300, 320, 310]],
      ["onednn, bf16 teacher", 201, [200, 202]],
      ["wasm, float32", 4000, [4000]],
      ["PyTorch, published", 915, [900, 930]],
      ["PyTorch, tuned", 457.5, [450, 465]],
    ]);
    assertAlmostEquals(rows[0].std!, 10);
    assertEquals(rows[2].std, null);
  });
});

Deno.test("stepRows() names a time that a file does not hold", async () => {
  await withBench(async (file) => {
    await assertRejects(() => stepRows(file, "step_ms"), UserError, 'no times "step_ms"');
  });
});
