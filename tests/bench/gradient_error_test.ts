import { assert, assertEquals, assertRejects } from "@std/assert";
import { fileURLToPath } from "node:url";
import { startBackend } from "../../lib/backend/start_backend.ts";
import { goldenWorkload } from "../../lib/bench/golden_workload.ts";
import { gradientError } from "../../lib/bench/gradient_error.ts";
import { firstImages } from "../../lib/bench/workload.ts";
import { UserError } from "../../lib/user_error.ts";
import { onBfloat16 } from "../backend/onednn/on_onednn.ts";

const GOLDEN = fileURLToPath(new URL("../golden/fashion", import.meta.url));

onBfloat16("gradientError() is small but not zero for every weight", async () => {
  const { all, weights } = await gradientError(firstImages(await goldenWorkload(GOLDEN), 32));
  const errors = Object.values(weights);
  assertEquals(Object.keys(weights).length, 7 + 2 * 7 + 2); // convolutions, batch-norms, linear layer
  assert(errors.every((error) => error > 0 && error < 0.2), JSON.stringify(weights));
  assert(all > Math.min(...errors) && all < Math.max(...errors), `${all}`);
});

Deno.test("gradientError() is refused on a backend without bfloat16", async () => {
  await startBackend("wasm");
  const workload = firstImages(await goldenWorkload(GOLDEN), 4);
  await assertRejects(() => gradientError(workload), UserError, "choose from f32");
});
