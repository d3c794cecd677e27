import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { Backend } from "../../lib/backend/backend.ts";
import { cpu } from "../../lib/backend/cpu.ts";
import { describeStartedBackend, startBackend } from "../../lib/backend/start_backend.ts";
import { loadTensorflow } from "../../lib/backend/tensorflow.ts";
import { UserError } from "../../lib/user_error.ts";

const broken: Backend = {
  name: "broken",
  summary: "never works",
  runsAtOnce: () => 1,
  register: () => Promise.reject(new Error("its library is missing")),
};

Deno.test("startBackend('auto') takes the first that works and says why it passed over others", async () => {
  const started = await startBackend("auto", { candidates: [broken, cpu] });
  assertEquals(started.backend.name, "cpu");
  assertEquals(started.passedOver, [{ name: "broken", reason: "its library is missing" }]);
  assertStringIncludes(
    describeStartedBackend(started),
    "backend broken passed over: its library is missing",
  );
});

Deno.test("startBackend() names the backends there are when given an unknown name", async () => {
  await assertRejects(() => startBackend("gpu"), UserError, "auto, tensorflow, onednn, wasm, cpu");
});

Deno.test("startBackend() gives the reason when the named backend does not work", async () => {
  await assertRejects(
    () => startBackend("broken", { candidates: [broken, cpu] }),
    UserError,
    "library is missing",
  );
});

Deno.test("startBackend() passes over a backend that registers, but that TensorFlow.js does not know", async () => {
  const unregistered = { ...broken, register: () => Promise.resolve() };
  const { passedOver } = await startBackend("auto", { candidates: [unregistered, cpu] });
  assertStringIncludes(passedOver[0].reason, "broken");
});

Deno.test("loadTensorflow() repairs util before the import, and says how to install what is missing", async () => {
  const util = await import("node:util");
  const legacy = util.default as { isNullOrUndefined?: (value: unknown) => boolean };
  await loadTensorflow(() => {
    assertEquals(legacy.isNullOrUndefined!(null), true);
    assertEquals(legacy.isNullOrUndefined!(0), false);
    return Promise.resolve({});
  });
  const missing = () => Promise.reject(new Error("cannot find tfjs_binding.node at /some/place"));
  const error = await assertRejects(() => loadTensorflow(missing));
  assertStringIncludes((error as Error).message, "deno install");
  assertEquals((error as Error).message.includes("/some/place"), false);
});
