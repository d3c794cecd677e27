import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { startBackend } from "../../lib/backend/start_backend.ts";
import { TIMES } from "../../lib/bench/measure_step.ts";
import { PreparedWorkload } from "../../lib/bench/prepared_workload.ts";
import { findPython, PyTorchPeer, VARIANTS } from "../../lib/bench/pytorch_peer.ts";
import { randomWorkload } from "../../lib/bench/random_workload.ts";
import { runStep } from "../../lib/bench/run_step.ts";
import { compareWork } from "../../lib/bench/same_work.ts";
import { methodNamed } from "../../lib/distillation/methods.ts";
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
    const workload = await randomWorkload({ batch: 8, student: "resnet8", teacher: "resnet8" });
    const prepared = await PreparedWorkload.prepare(workload, { name: "plain" });
    const { outcome } = await runStep(methodNamed("bss"), prepared);
    prepared.dispose();
    // One thread: several would wait for each other endlessly while other cores are busy.
    await withEnvironment({ OMP_NUM_THREADS: "1" }, async () => {
      const repeats = { warmUp: 0, timed: 1 };
      await using peer = await PyTorchPeer.start(found.python, workload, repeats);
      for (const variant of VARIANTS) {
        const { same, sentence } = compareWork(outcome, peer.greeting.outcomes[variant], variant);
        assert(same, sentence);
      }
      for (let round = 0; round < 2; round++) {
        const times = await peer.round();
        assertEquals(Object.keys(times), [...VARIANTS]);
        for (const variant of VARIANTS) assert(TIMES.every((time) => times[variant][time] > 0));
      }
    });
  },
});
