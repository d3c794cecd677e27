import { assertEquals, assertMatch } from "@std/assert";
import { fileURLToPath } from "node:url";
import { denoArguments } from "./deno_arguments.ts";
import { runDeno } from "./run_task.ts";

Deno.test("setup shows what is here, to its end", async () => {
  const { code, stdout, stderr } = await runDeno(denoArguments("lib/commands/setup.ts"), {
    // Any file stands for oneDNN, so that setup installs nothing.
    BSS_ONEDNN: fileURLToPath(import.meta.url),
    BSS_WITHOUT: "tensorflow,onednn,webgpu,jsr",
  });
  assertEquals(code, 0, stderr);
  assertMatch(stdout, /^what +here +remark$/m);
  assertMatch(stdout, /^oneDNN library +yes +.*setup_test\.ts$/m);
  assertMatch(stdout, /wasm +yes /);
});

Deno.test("every command refuses to hide a part that is unknown", async () => {
  const command = [...denoArguments("experiments/run.ts"), "--dry-run"];
  const { code, stderr } = await runDeno(command, { BSS_WITHOUT: "foo" });
  assertEquals([code, stderr.split('"foo" cannot be hidden').length], [2, 2], stderr);
});
