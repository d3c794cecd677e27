import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { PROJECT_ROOT } from "../../../lib/files/project_root.ts";
import { onOnednn } from "./on_onednn.ts";
import { withTemporaryFolder } from "../../with_temporary_folder.ts";

/** Starts `auto`'s backend, without a GPU, in a new process: a process cannot close the library. */
async function startedWith(environment: Record<string, string>): Promise<string> {
  const program = `
    import { describeStartedBackend, startBackend } from "./lib/backend/start_backend.ts";
    import * as tf from "@tensorflow/tfjs";
    console.log(describeStartedBackend(await startBackend()));
    const image = tf.ones([1, 8, 8, 3]), filter = tf.ones([3, 3, 3, 16]);
    console.log("sum", (await tf.sum(tf.conv2d(image, filter, 1, "valid")).data())[0]);
  `;
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--ext=ts", program],
    cwd: PROJECT_ROOT,
    env: { NO_COLOR: "1", BSS_WITHOUT: "tensorflow,webgpu", ...environment },
  }).output();
  const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assertEquals(success, true, text);
  assertStringIncludes(text, `sum ${36 * 16 * 27}`);
  return text;
}

Deno.test("'auto' passes over a text file in place of oneDNN with the reason, and takes wasm", async () => {
  await withTemporaryFolder(async (folder) => {
    const file = join(folder, "libdnnl.so.3");
    await Deno.writeTextFile(file, "this is no library\n");
    const text = await startedWith({ BSS_ONEDNN: file });
    assertMatch(text, /backend onednn passed over: .*libdnnl\.so\.3 does not load as oneDNN/);
    assertStringIncludes(text, "backend: wasm");
  });
});

Deno.test("'auto' passes over a missing library with the reason, and takes wasm", async () => {
  const text = await startedWith({ BSS_ONEDNN: "/nowhere/libdnnl.so.3" });
  assertMatch(text, /backend onednn passed over: .*\/nowhere\/libdnnl\.so\.3/);
  assertStringIncludes(text, "backend: wasm");
});

Deno.test("'auto' passes over another library in place of oneDNN with the reason, and takes wasm", async () => {
  const libc = Deno.build.os === "darwin" ? "/usr/lib/libSystem.dylib" : await anyLibrary();
  const text = await startedWith({ BSS_ONEDNN: libc });
  assertMatch(text, /backend onednn passed over: .*does not load as oneDNN/);
  assertStringIncludes(text, "backend: wasm");
});

onOnednn("bfloat16 that oneDNN only imitates does not count", async ({ precisions }) => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      "--ext=ts",
      `import { startBackend } from "./lib/backend/start_backend.ts";
       import * as tf from "@tensorflow/tfjs";
       await startBackend("onednn");
       console.log(tf.backend().precisions.join());`,
    ],
    cwd: PROJECT_ROOT,
    env: { ONEDNN_MAX_CPU_ISA: "AVX512_CORE" },
  }).output();
  assertEquals(new TextDecoder().decode(stdout).trim(), "f32");
  assertEquals(precisions[0], "f32");
});

/** Finds the C library that this process has loaded. */
async function anyLibrary(): Promise<string> {
  const maps = await Deno.readTextFile("/proc/self/maps");
  return /(\/\S*libc\.so\.6)/.exec(maps)![1];
}
