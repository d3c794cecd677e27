import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { backendsNamed, startBackend } from "../../lib/backend/start_backend.ts";
import { JupyterServer, noJupyter } from "./jupyter_server.ts";
import type { CellEnd, Kernel, RunningCell } from "./kernel.ts";

/** The longest time in seconds until a stopped cell must have ended. */
const SOON = 2;
/**
 * The same for a GPU driver that runs on the processor. One mini-batch takes it a second or two.
 */
const SOON_ON_PROCESSOR = 10;

/** Enough images to stop a run in the middle of an epoch. */
const IMAGES = { method: "bss", fraction: 0.04, testImages: null };
/** Each new number of attacked samples would cost such a driver a compilation. */
const A_FEW_IMAGES = { method: "hinton", fraction: 0.002, testImages: 10 };

/** Code that prepares a small run in the kernel's variables. */
const prepare = (
  backend: string,
  { method, fraction, testImages }: {
    method: string;
    fraction: number;
    testImages: number | null;
  },
) => `
import * as bss from "../lib/mod.ts";
import * as experiments from "../experiments/mod.ts";
const { backend } = await bss.startBackend("${backend}");
const dataset = await bss.loadDataset("fashion-mnist-subset");
const { file } = await bss.findTeacher("../results", dataset.name, "resnet14x0.25");
const teacher = bss.freeze((await bss.readResNet(file)).network);
const results = await Deno.makeTempDir();
const quickstart = experiments.experimentNamed("quickstart");
const plan = await experiments.openPlan(quickstart, {
  scale: "smoke",
  methods: ["${method}"],
  seeds: [1],
  // Long enough for a Stop to come before the end
  set: { protocol: { epochs: 12 } },
});
const { dataset: images, protocol, ...rest } = plan[0].specification;
const specification = {
  ...rest,
  dataset: { ...images, fraction: ${fraction}, testImages: ${testImages} },
  protocol: { ...protocol, epochs: 4 },
};
let checkpoints = results + "/first";
let isStuck = false;
let epochs = 0;
`;

const TRAIN = `
const training = await bss.train(specification, {
  dataset: bss.datasetFor(dataset, specification),
  teacher,
  environment: { backend: backend.name, tfjs: "" },
  checkpoints,
  onMessage: (message) => console.log(message),
  onProgress: ({ row }) => {
    if (isStuck) console.log("stuck");
    while (isStuck);
    if (!row) return;
    epochs = row.epoch;
    console.log("epoch", epochs);
  },
});
console.log("trained for", training.rows.length);
`;

const RUN_MISSING = `
const { finished } = await experiments.runMissing(plan, {
  folder: await bss.ResultsFolder.open(results),
  backend: backend.name,
  onNews: (_, { type }) => console.log(type),
});
console.log("finished", finished.length);
`;

/** Stops a cell, and checks that it ends soon. */
async function stopped(kernel: Kernel, cell: RunningCell, soon = SOON): Promise<CellEnd> {
  const start = performance.now();
  await kernel.stop();
  const end = await cell.end;
  const seconds = (performance.now() - start) / 1000;
  console.log(`ended ${seconds.toFixed(2)} s after Stop`);
  assert(seconds <= soon, `the cell ended only ${seconds} s after Stop`);
  return end;
}

async function assertPrints(kernel: Kernel, code: string, text: string): Promise<void> {
  assertEquals(await kernel.run(code).end, { text, status: "ok", error: "" });
}

/** Stops a prepared training in the middle, runs it again, and checks that it resumes. */
async function assertStopsAndResumes(kernel: Kernel, soon?: number): Promise<void> {
  const cell = kernel.run(TRAIN);
  await cell.printed(/epoch 1/);
  const { status, error } = await stopped(kernel, cell, soon);
  assertEquals(status, "error");
  assertStringIncludes(error, "AbortError: stopped; all variables are kept");
  await assertPrints(kernel, "console.log(epochs >= 1 && epochs < 4)", "true\n");
  const again = await kernel.run(TRAIN).end;
  assertEquals(again.status, "ok", again.error);
  assertMatch(again.text, /^resuming after (epoch|mini-batch) /);
  assertStringIncludes(again.text, "epoch 4\ntrained for 4\n");
  assert(!/^epoch 1$/m.test(again.text), "the first epoch was done twice");
}

// The tests share a server. Each has its own kernel.
let server: JupyterServer | undefined;
if (noJupyter === null) {
  Deno.test.beforeAll(async () => {
    server = await JupyterServer.start();
  });
  Deno.test.afterAll(() => server?.stop());
}

Deno.test({
  name: `in Jupyter, Stop ends a cell and keeps the kernel${noJupyter ? ` (${noJupyter})` : ""}`,
  ignore: noJupyter !== null,
  fn: async (t) => {
    const kernel = await server!.startKernel();
    try {
      await t.step("JavaScript without a pause ends, before the library is imported", async () => {
        const cell = kernel.run(`const kept = 41; console.log("go"); while (true);`);
        await cell.printed(/go/);
        assertEquals((await stopped(kernel, cell)).status, "error");
        await assertPrints(kernel, "console.log(kept + 1)", "42\n");
      });

      await kernel.run(prepare("auto", IMAGES)).end;

      await t.step(
        "a training stops in the middle, and then runs to its end",
        () => assertStopsAndResumes(kernel),
      );

      await t.step(
        "a training that runs without a pause stops, and then starts again",
        async () => {
          await kernel.run(`isStuck = true; checkpoints = results + "/second"`).end;
          const cell = kernel.run(TRAIN);
          await cell.printed(/stuck/);
          assertMatch((await stopped(kernel, cell)).error, /^AbortError: stopped/);
          await kernel.run("isStuck = false").end;
          const again = await kernel.run(TRAIN).end;
          assertMatch(again.text, /^epoch 1\n.*trained for 4\n$/s, again.error);
        },
      );

      await t.step(
        "missing runs of an experiment stop, and then continue",
        async () => {
          const cell = kernel.run(RUN_MISSING);
          await cell.printed(/epoch|progress/);
          assertMatch((await stopped(kernel, cell)).error, /^AbortError: stopped/);
          const again = await kernel.run(RUN_MISSING).end;
          assertStringIncludes(again.text, "done\nfinished 1\n", again.text + again.error);
        },
      );

      await t.step("a loop that only reads tensors ends", async () => {
        const loop = `for (;;) await bss.evaluateAccuracy(teacher, dataset, dataset.test)`;
        const cell = kernel.run(`console.log("go"); ${loop}`);
        await cell.printed(/go/);
        assertMatch((await stopped(kernel, cell)).error, /^AbortError: stopped/);
      });

      await t.step("JavaScript without a pause ends, after the library was imported", async () => {
        const cell = kernel.run(`console.log("go"); while (true);`);
        await cell.printed(/go/);
        assertEquals((await stopped(kernel, cell)).status, "error");
      });

      await t.step(
        "a step by hand that runs without a pause ends, and leaves no scope open",
        async () => {
          await kernel.run(`import * as tf from "@tensorflow/tfjs"`).end;
          const cell = kernel.run(`await 0; console.log("go"); tf.tidy(() => { while (true); })`);
          await cell.printed(/go/);
          assertEquals((await stopped(kernel, cell)).status, "error");
          await assertPrints(kernel, "console.log(tf.engine().state.scopeStack.length)", "0\n");
        },
      );

      await t.step("a wait for something else continues, and says so", async () => {
        const wait = "await new Promise((resolve) => setTimeout(resolve, 4000))";
        const cell = kernel.run(`console.log("go"); ${wait}; console.log("waited")`);
        await cell.printed(/go/);
        await kernel.stop();
        const { text, status } = await cell.end;
        assertMatch(text, /^go\nStop found no work .* restart the kernel\nwaited\n$/);
        assertEquals(status, "ok");
        await assertPrints(kernel, "console.log(kept)", "41\n");
      });
      await kernel.run("await Deno.remove(results, { recursive: true })").end;
    } finally {
      await kernel.close();
    }
  },
});

const noWebgpu = noJupyter ??
  await startBackend("webgpu").then(
    () => null,
    (error: Error) => error.message.split("\n").at(-1)!,
  );
/** True for a driver that runs on the processor; "auto" skips it. */
const isOnProcessor = noWebgpu === null &&
  await startBackend("auto", { candidates: backendsNamed("webgpu") }).then(() => false, () => true);

Deno.test({
  name: `in Jupyter, a training on webgpu stops and then continues${
    noWebgpu ? ` (skipped: ${noWebgpu})` : ""
  }`,
  ignore: noWebgpu !== null,
  fn: async () => {
    const kernel = await server!.startKernel();
    try {
      await kernel.run(prepare("webgpu", isOnProcessor ? A_FEW_IMAGES : IMAGES)).end;
      await assertStopsAndResumes(kernel, isOnProcessor ? SOON_ON_PROCESSOR : SOON);
      await kernel.run("await Deno.remove(results, { recursive: true })").end;
    } finally {
      await kernel.close();
    }
  },
});
