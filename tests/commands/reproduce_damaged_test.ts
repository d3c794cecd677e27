import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { basename, join } from "node:path";
import { reproduce, SHORT } from "./reproduce.ts";
import { runTask, snapshot } from "./run_task.ts";
import { flipByte, TABLE, withReferenceCopy } from "../runs/results/reference_copy.ts";
import { resultFile } from "../../lib/store/manifest.ts";
import { ResultsFolder } from "../../lib/store/results_folder.ts";
import { findTeacher, keepTeacher, type TeacherFile } from "../../lib/teacher/find.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";
import { problemsOf } from "../store/problems_of.ts";

const QUICK = ["quickstart", "--scale", "quick"];

Deno.test("reproduce names a damaged table and leaves it as it is, since it alone records earlier requests", async () => {
  await withReferenceCopy(async (folder) => {
    await flipByte(folder, resultFile(TABLE));
    const before = await snapshot(folder.path);
    const { code, stdout, stderr } = await reproduce(folder.path, ...QUICK);
    assertEquals(code, 2);
    assertMatch(stderr, /damaged: .*quickstart-quick\.arrow is damaged: its SHA-256 is .*; delete/);
    assertStringIncludes(stdout, "6 runs");
    assertEquals(await snapshot(folder.path), before);
    await Deno.remove(join(folder.path, resultFile(TABLE)));
    assertEquals((await reproduce(folder.path, ...QUICK)).code, 0);
    assertEquals((await folder.read(TABLE)).rows.length, 6);
  });
});

/** Runs a test on finished results with their own teacher. */
async function withOwnTeacher(
  test: (folder: string, teacher: TeacherFile, flip: () => Promise<void>) => Promise<void>,
): Promise<void> {
  await withReferenceCopy(async (folder) => {
    const { file } = await findTeacher(folder.path, "fashion-mnist-subset");
    const bytes = await Deno.readFile(file);
    const own = await keepTeacher(folder.path, "fashion-mnist-subset", "resnet14", bytes);
    await test(
      folder.path,
      own,
      () => flipByte(folder, "teachers/fashion-mnist-subset-resnet14.safetensors"),
    );
  });
}

Deno.test("reproduce refuses a changed teacher, names both hashes, and keeps the right one's card", async () => {
  await withOwnTeacher(async (folder, { file, hash }, flip) => {
    assertMatch((await reproduce(folder, ...QUICK)).stdout, /Nothing to do/);
    await flip();
    const before = await snapshot(folder);
    for (const more of [[], ["--seeds", "1-3"], ["--dry-run"]]) {
      const { code, stderr } = await reproduce(folder, ...QUICK, ...more);
      assertEquals(code, 2);
      assertMatch(
        stderr,
        new RegExp(
          `^error: ${file} is another teacher than \\S+\\.json describes \\(hash: "${hash}" → ` +
            '"[0-9a-f]{64}"\\); put back the one described, or use another results folder\n$',
        ),
      );
    }
    assertEquals(await snapshot(folder), before);
    const listed = await runTask("lib/commands/teacher.ts", "list", "--results", folder);
    assertEquals(listed.code, 2);
    assertMatch(listed.stdout, /^fashion-mnist-subset-resnet14x0\.25 [^\n]*\n$/);
    assertStringIncludes(listed.stderr, `damaged: ${file} is another teacher than`);
  });
});

Deno.test("a truncated teacher stops only the experiments that need it", async () => {
  await withOwnTeacher(async (folder, { file }) => {
    const other = join(folder, "teachers", "fashion-mnist-resnet26.safetensors");
    await Deno.copyFile(file, other);
    await Deno.truncate(other, 1000);
    const { code, stdout, stderr } = await reproduce(folder, ...QUICK);
    assertEquals([code, stderr], [0, ""]);
    assertStringIncludes(stdout, "Nothing to do");
    const needing = await reproduce(folder, ...QUICK, "--dataset", "fashion-mnist");
    assertEquals(needing.code, 2);
    assertStringIncludes(needing.stderr, `${other} is not a whole safetensors file`);
  });
});

Deno.test("reproduce names a damaged result and leaves it as it is, and runs and shows the others", async () => {
  await withTemporaryFolder(async (folder) => {
    const two = [...SHORT, "--methods", "original,hinton", "--seeds", "1,"];
    assertEquals((await reproduce(folder, ...two)).code, 0);
    const runs = await Array.fromAsync(Deno.readDir(join(folder, "runs")));
    const fileOf = (method: string) =>
      join(folder, "runs", runs.find(({ name }) => name.includes(method))!.name);
    const file = fileOf("hinton");
    const whole = await Deno.readFile(file);
    const flipped = whole.slice();
    flipped[Math.floor(flipped.length / 2)] ^= 1;
    await Deno.remove(fileOf("original"));
    for (const [damaged, text] of [[flipped, "SHA-256"], [new Uint8Array(0), "empty"]] as const) {
      await Deno.writeFile(file, damaged);
      const { code, stdout, stderr } = await reproduce(folder, ...two);
      assertEquals(code, 2);
      assertStringIncludes(stderr, file);
      assertStringIncludes(stderr, text);
      assertMatch(stdout, /resnet8x0\.25 +original +\d+\.\d\d/);
      assert(!/^(resnet8x0\.25 +)?hinton +\d/m.test(stdout), stdout);
      assertStringIncludes(stdout, `Damaged: ${file}`);
      assert(!stdout.includes("Nothing to do"), stdout);
      assertEquals(await Deno.readFile(file), damaged);
      const table = await (await ResultsFolder.openToRead(folder)).read("tables/quickstart-smoke");
      assertEquals(table.rows.map(({ method }) => method), ["original"]);
      assertEquals(JSON.parse(table.metadata.damaged), [basename(file, ".arrow")]);
    }
    await Deno.remove(file);
    const again = await reproduce(folder, ...two);
    assertEquals(again.code, 0, again.stderr);
    assertEquals((await problemsOf(await ResultsFolder.openToRead(folder))).length, 0);
  });
});
