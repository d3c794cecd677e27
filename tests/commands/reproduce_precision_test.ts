import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { ResultsFolder } from "../../lib/store/results_folder.ts";
import { onBfloat16 } from "../backend/onednn/on_onednn.ts";
import { reproduce, SMALL, SMOKE } from "./reproduce.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";

onBfloat16(
  "reproduce --teacher-precision bf16 records the teacher's error against float32",
  () =>
    withTemporaryFolder(async (folder) => {
      const hinton = [...SMOKE, ...SMALL, "--methods", "hinton", "--seeds", "1"]
        .concat("--backend", "onednn");
      const { code, stdout, stderr } = await reproduce(
        ...[folder, ...hinton, "--teacher-precision", "bf16"] as const,
      );
      assertEquals(code, 0, stderr);
      assertMatch(stdout, /teacher fashion-mnist-subset-resnet14x0\.25, bf16/);
      const results = await ResultsFolder.openToRead(folder);
      const [{ name }] = await Array.fromAsync(Deno.readDir(join(folder, "students")));
      const { metadata } = await results.read(`runs/${name.replace(".safetensors", "")}`);
      const error = JSON.parse(metadata.teacher_error);
      assert(error.relativeError > 0 && error.relativeError < 0.02, metadata.teacher_error);
      assert(error.agreement > 0.95, metadata.teacher_error);
      // It is not the same run as in float32, which is still missing.
      const { stdout: missing } = await reproduce(folder, ...hinton, "--dry-run");
      assertMatch(missing, /^1 run, about/m);
    }),
);

Deno.test("reproduce refuses a precision that the backend lacks, and lists those it has", async () => {
  await withTemporaryFolder(async (folder) => {
    const { code, stderr } = await reproduce(
      ...[folder, ...SMOKE, "--methods", "hinton", "--teacher-precision", "bf16"] as const,
    );
    assertEquals(code, 2);
    assertStringIncludes(stderr, "backend wasm does not compute a frozen network in bf16");
    assertStringIncludes(stderr, "choose from f32");
  });
});

Deno.test("reproduce refuses a student's precision that the backend does not have, naming those it has", async () => {
  await withTemporaryFolder(async (folder) => {
    const { code, stderr } = await reproduce(
      ...[folder, ...SMOKE, "--methods", "original", "--student-precision", "bf16"] as const,
    );
    assertEquals(code, 2);
    assertStringIncludes(stderr, "backend wasm does not train a student in bf16 here");
    assertStringIncludes(stderr, "choose from f32");
  });
});

onBfloat16(
  "reproduce --student-precision bf16 is another run, and its table says so",
  () =>
    withTemporaryFolder(async (folder) => {
      const original = [...SMOKE, ...SMALL, "--methods", "original", "--seeds", "1,"]
        .concat("--backend", "onednn");
      const { code, stdout, stderr } = await reproduce(
        ...[folder, ...original, "--student-precision", "bf16"] as const,
      );
      assertEquals(code, 0, stderr);
      assertStringIncludes(stdout, "studentPrecision=bf16");
      const { stdout: missing } = await reproduce(folder, ...original, "--dry-run");
      assertMatch(missing, /^1 run, about/m);
      // The default may be given, too.
      const { stdout: same } = await reproduce(
        ...[folder, ...original, "--student-precision", "f32", "--dry-run"] as const,
      );
      assertMatch(same, /^1 run, about/m);
    }),
);
