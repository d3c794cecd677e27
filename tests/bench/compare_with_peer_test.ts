import { assertEquals } from "@std/assert";
import { compareWithPeer } from "../../lib/bench/compare_with_peer.ts";
import type { BackendMeasurement } from "../../lib/bench/measure_backend.ts";

/** Makes the times of a round, with a given BSS step. */
function times(bss: number) {
  return { bss_step_ms: bss, student_step_ms: 10, teacher_forward_ms: 20 };
}

Deno.test("compareWithPeer() divides PyTorch's times by ours, round by round", () => {
  const rounds = [100, 200, 100].map((bss) => ({ times: times(bss) }));
  const ours = { configuration: "float32", rounds } as unknown as BackendMeasurement;
  const theirs = [150, 400, 300].map((bss) => ({ published: times(2 * bss), tuned: times(bss) }));
  const ratios = compareWithPeer(ours, theirs);
  assertEquals(ratios.length, 6);
  const [published, tuned, student] = ratios;
  assertEquals(published.ratio, { median: 4, min: 3, max: 6 });
  assertEquals(tuned.ratio, { median: 2, min: 1.5, max: 3 });
  assertEquals(tuned.variant, "tuned");
  assertEquals(student.ratio, { median: 1, min: 1, max: 1 });
});

Deno.test("compareWithPeer() takes the variants that PyTorch timed, and names each", () => {
  const ours = { configuration: "float32", rounds: [{ times: times(100) }] };
  const theirs = [{ published: times(300), tuned: times(200), bf16: times(150) }];
  const ratios = compareWithPeer(ours as unknown as BackendMeasurement, theirs);
  assertEquals(ratios.slice(0, 3).map(({ variant, ratio }) => [variant, ratio.median]), [
    ["published", 3],
    ["tuned", 2],
    ["bf16", 1.5],
  ]);
});
