import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type Bench, speedPart, speedTables } from "../../experiments/speed_parts.ts";

const times = ["bss_step_ms", "student_step_ms", "teacher_forward_ms"] as const;
const ms = { bss_step_ms: 400, student_step_ms: 100, teacher_forward_ms: 50 };
const range = (median: number) => ({ median, min: median / 2, max: 2 * median });

/** Makes a file of `bench --peer --json` with these variants of PyTorch. */
function benchOf(variants: Readonly<Record<string, number>>): Bench {
  const ratios = ["float32", "bf16"].flatMap((configuration) =>
    times.flatMap((time) =>
      Object.entries(variants).map(([variant, ratio]) => ({
        configuration,
        time,
        variant,
        ratio: range(ratio),
      }))
    )
  );
  return {
    machine: "a processor, 2 cores, linux",
    commit: "0123456789",
    backends: { onednn: { ...ms, configurations: { bf16: { ...ms, bss_step_ms: 150 } } } },
    peer: { torch: "2.6.0+x", rounds: [1, 2, 3], ratios },
  };
}

Deno.test("the speed parts say against which PyTorch, and show only what was measured", () => {
  const bench = benchOf({ published: 5, tuned: 3 });
  assertEquals(
    speedPart(bench),
    "A BSS step (256 images) takes 400 ms in float32. PyTorch takes 5.0 times as long " +
      "with the authors' script, 3.0 with a careful user's code. Our step takes 150 ms with " +
      "bf16. Measured on a processor, 2 cores.",
  );
  const [header, , row, ...others] = speedTables(bench).split("\n").slice(2);
  const columns =
    "|  | here, ms | PyTorch published, times as long | PyTorch tuned, times as long |";
  assertEquals(header, columns);
  assertEquals(row, "| BSS step, float32 | 400 | 5.00 (2.50 … 10.00) | 3.00 (1.50 … 6.00) |");
  assertEquals(others.length, 5);
});

Deno.test("the speed parts show PyTorch in bfloat16, runs side by side and errors of gradients", () => {
  const row = {
    configuration: "float32",
    original_steps_per_hour: range(30_000),
    bss_steps_per_hour: range(10_000),
    bss_run_seconds: range(1200),
  };
  const weights = { "conv1.weight": 0.02, "bn1.weight": 0.5, "linear.weight": 0.01 };
  const bench: Bench = {
    ...benchOf({ published: 5, tuned: 3, bf16: 2 }),
    side_by_side: { backend: "onednn", runs: 2, rows: [row] },
    gradient_error: { all: 0.019, weights },
  };
  assertStringIncludes(
    speedPart(bench),
    "Our step takes 150 ms with bf16; the careful user's in bfloat16, without a cache, 2.0 times as long.",
  );
  const lines = speedTables(bench).split("\n");
  assert(lines.some((line) => line.endsWith("| PyTorch bf16, times as long |")));
  assert(lines.includes(
    "| BSS step, float32 | 400 | 5.00 (2.50 … 10.00) | 3.00 (1.50 … 6.00) | " +
      "2.00 (1.00 … 4.00) |",
  ));
  assert(
    lines.includes(
      "| float32 | 30000 (15000 … 60000) | 10000 (5000 … 20000) | 1200 (600 … 2400) |",
    ),
  );
  const [conv, linear, all, ...rest] = lines.slice(lines.indexOf("| weight | error, % |") + 2);
  assertEquals([conv, linear], ["| conv1.weight | 2.0 |", "| linear.weight | 1.0 |"]);
  assertEquals([all, rest], ["| all, batch-norm's too | 1.9 |", []]);
});
