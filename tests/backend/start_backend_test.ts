import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import type { Backend } from "../../lib/backend/backend.ts";
import { cpu } from "../../lib/backend/cpu.ts";
import { describeStartedBackend, startBackend, whyNot } from "../../lib/backend/start_backend.ts";
import { UserError } from "../../lib/user_error.ts";

const broken: Backend = {
  name: "broken",
  summary: "never works",
  runsAtOnce: () => 1,
  register: () => Promise.reject(new Error("its library is missing")),
};

Deno.test("startBackend('auto') takes the first backend that works and says why it passed over others", async () => {
  const started = await startBackend("auto", { candidates: [broken, cpu] });
  assertEquals(started.backend.name, "cpu");
  assertEquals(started.passedOver, [{ name: "broken", reason: "its library is missing" }]);
  assertStringIncludes(
    describeStartedBackend(started),
    "backend broken passed over: its library is missing",
  );
});

Deno.test("startBackend() lists the backends if the name is unknown", async () => {
  await assertRejects(
    () => startBackend("gpu"),
    UserError,
    "auto, tensorflow, onednn, webgpu, wasm, cpu",
  );
});

Deno.test("startBackend() gives the reason if the named backend does not work", async () => {
  await assertRejects(
    () => startBackend("broken", { candidates: [broken, cpu] }),
    UserError,
    "library is missing",
  );
});

Deno.test("startBackend() passes over a backend that did not register with TensorFlow.js", async () => {
  const unregistered = { ...broken, register: () => Promise.resolve() };
  const { passedOver } = await startBackend("auto", { candidates: [unregistered, cpu] });
  assertStringIncludes(passedOver[0].reason, "broken");
});

/** Makes a backend that refuses, and notes whether "auto" tried it. */
function refusing(reason: string) {
  const told: (boolean | undefined)[] = [];
  const choosy: Backend = {
    ...broken,
    register: ({ isAutomatic }) => {
      told.push(isAutomatic);
      return Promise.reject(new Error(reason));
    },
  };
  return { choosy, told };
}

Deno.test("whyNot() starts a backend as 'auto' does, or gives the first line of its reason", async () => {
  const { choosy, told } = refusing("no GPU\nmore lines");
  assertEquals([await whyNot(choosy), told], ["no GPU", [true]]);
  assertEquals([await whyNot(cpu), tf.getBackend()], [null, "cpu"]);
});

Deno.test("startBackend() tells a backend whether it was named or tried by 'auto'", async () => {
  const { choosy, told } = refusing("refused");
  await startBackend("auto", { candidates: [choosy, cpu] });
  await startBackend("broken", { candidates: [choosy, cpu] }).catch(() => {});
  assertEquals(told, [true, false]);
});
