import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { startBackend } from "../../lib/backend/start_backend.ts";
import { TIMES } from "../../lib/bench/measure_step.ts";
import { PreparedWorkload } from "../../lib/bench/prepared_workload.ts";
import { findPython, PyTorchPeer, ROUNDED_VARIANT } from "../../lib/bench/pytorch_peer.ts";
import { randomWorkload } from "../../lib/bench/random_workload.ts";
import { runStep } from "../../lib/bench/run_step.ts";
import { compareWork } from "../../lib/bench/same_work.ts";
import { runProgram } from "../../lib/files/run_program.ts";
import { withEnvironment } from "../with_environment.ts";

const found = await findPython();
const reason = "reason" in found ? `: ${found.reason}` : "";

Deno.test("findPython() says what is missing if no Python has PyTorch", async () => {
  for (const candidates of [[], ["/nowhere/python3"], [Deno.execPath()]]) {
    const result = await findPython(candidates);
    assert("reason" in result);
    assertStringIncludes(result.reason, "apt-get install python3-torch");
  }
});

Deno.test({
  name: `PyTorch takes the same step as runStep(), in rounds${reason}`,
  ignore: reason !== "",
  async fn() {
    assert("python" in found);
    await startBackend("wasm");
    const workload = await randomWorkload({ batch: 32, student: "resnet8", teacher: "resnet8" });
    const prepared = await PreparedWorkload.prepare(workload, { name: "plain" });
    const { outcome } = await runStep("bss", prepared);
    prepared.dispose();
    // One thread: several would wait for each other endlessly while other cores are busy.
    await withEnvironment({ OMP_NUM_THREADS: "1" }, async () => {
      const repeats = { warmUp: 0, timed: 1 };
      await using peer = await PyTorchPeer.start(found.python, workload, repeats);
      const { outcomes, left_out } = peer.greeting;
      const variants = Object.keys(outcomes);
      assertEquals([...variants, ...Object.keys(left_out)], ["published", "tuned", "bf16"]);
      for (const variant of variants) {
        const rounded = variant === ROUNDED_VARIANT;
        const { same, sentence } = compareWork(outcome, outcomes[variant], variant, { rounded });
        assert(same, sentence);
        // bfloat16 was really used: its losses are off by more than float32's rounding.
        assertEquals(compareWork(outcome, outcomes[variant], variant).same, !rounded);
      }
      for (let round = 0; round < 2; round++) {
        const times = await peer.round();
        assertEquals(Object.keys(times), variants);
        for (const variant of variants) assert(TIMES.every((time) => times[variant][time] > 0));
      }
    });
  },
});

Deno.test({
  name: `PyTorch in bfloat16 is left out on a processor without bfloat16 instructions${reason}`,
  ignore: reason !== "",
  async fn() {
    assert("python" in found);
    const folder = fileURLToPath(new URL("../../lib/bench", import.meta.url));
    const program = "import sys; sys.path.insert(0, sys.argv[1]); import pytorch_step\n" +
      "for flags in sys.argv[2:]: print(pytorch_step.bfloat16_fault(flags))";
    const processors = ["flags : fpu avx512f avx512_bf16", "flags : fpu avx512f"];
    const { stdout } = await runProgram(found.python, ["-B", "-c", program, folder, ...processors]);
    const [rounding, exact] = stdout.split("\n");
    assertEquals(rounding, "None");
    assertStringIncludes(exact, "names no bfloat16 instructions");
  },
});
