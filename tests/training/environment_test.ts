import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { onOnednn } from "../backend/onednn/on_onednn.ts";
import { testsOf } from "../backend/tests_of.ts";
import { onEveryBackend } from "../on_every_backend.ts";
import { PROJECT_ROOT } from "../../lib/files/project_root.ts";
import { environmentOf, madeOn } from "../../lib/training/environment.ts";
import { TFJS_VERSION } from "../../lib/store/provenance.ts";

/** The facts that determine each backend's rounding. */
const ARITHMETIC: Record<string, string[]> = {
  tensorflow: ["device"],
  onednn: ["instructions", "library"],
  webgpu: ["device"],
  wasm: ["instructions"],
  cpu: [],
};

onEveryBackend("environmentOf() gives the facts that determine rounding", async (name) => {
  const { arithmetic, ...others } = await environmentOf(name);
  assertEquals(others, { backend: name, tfjs: TFJS_VERSION });
  assertEquals(Object.keys(arithmetic!).sort(), ARITHMETIC[name]);
  for (const value of Object.values(arithmetic!)) assert(value !== "");
  assertEquals((await environmentOf(name, 2)).threads, 2);
});

Deno.test("madeOn() names the backend, its threads and its rounding", () => {
  assertEquals(madeOn({ backend: "wasm", tfjs: "4", arithmetic: { instructions: "SIMD" } }), {
    backend: "wasm",
    threads: "1",
    instructions: "SIMD",
  });
  assertEquals(madeOn({ backend: "cpu", tfjs: "4", threads: 2 }), { backend: "cpu", threads: "2" });
});

const onX86 = await testsOf(
  "onednn",
  () => Deno.build.arch === "x86_64" ? null : "SSE4.1 is a restriction of x86-64",
);

/** Computes with oneDNN in a separate process, since oneDNN reads its variables only once. */
async function onOnednnWith(variables: Record<string, string>) {
  const program = `
    import { findLibrary } from "./lib/backend/onednn/find_library.ts";
    import { startBackend } from "./lib/backend/start_backend.ts";
    import { environmentOf } from "./lib/training/environment.ts";
    import { provenance } from "./lib/store/provenance.ts";
    await startBackend("onednn");
    const { symbols } = Deno.dlopen(findLibrary(), {
      dnnl_get_default_fpmath_mode: { parameters: ["buffer"], result: "i32" },
    });
    const mathMode = new Int32Array(1);
    symbols.dnnl_get_default_fpmath_mode(mathMode);
    const { arithmetic } = await environmentOf("onednn");
    const { machine } = await provenance();
    console.log(JSON.stringify({ mathMode: mathMode[0], arithmetic, machine }));
  `;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--ext=ts", program],
    cwd: PROJECT_ROOT,
    env: { NO_COLOR: "1", ...variables },
  }).output();
  const text = new TextDecoder().decode(stdout);
  assert(text !== "", new TextDecoder().decode(stderr));
  return JSON.parse(text.trim().split("\n").at(-1)!);
}

onX86(
  "environmentOf() and provenance() name the instructions that oneDNN is restricted to",
  async () => {
    const { arithmetic, machine } = await onOnednnWith({ DNNL_MAX_CPU_ISA: "SSE41" });
    const { library, instructions, variables } = arithmetic;
    assertMatch(library, /^oneDNN 3\.\d+\.\d+$/);
    assertEquals(instructions, "SSE4.1");
    assertEquals(variables, "DNNL_MAX_CPU_ISA=SSE41");
    assertStringIncludes(machine, ", SSE4.1, ");
  },
);

onOnednn("oneDNN computes float32 in float32, whatever its variable says", async () => {
  const { mathMode, arithmetic } = await onOnednnWith({ ONEDNN_DEFAULT_FPMATH_MODE: "BF16" });
  assertEquals(mathMode, 0);
  assertEquals(arithmetic, (await environmentOf("onednn")).arithmetic);
});
