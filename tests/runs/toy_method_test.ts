import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { filesUnder } from "../../lib/store/files_under.ts";
import { denoArguments } from "../commands/deno_arguments.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** The file of a new method, which trusts labels only to 90 %. */
const METHOD = `
import * as tf from "@tensorflow/tfjs";
import { defineMethod } from "./method.ts";
import { crossEntropy } from "./soft_cross_entropy.ts";
import { number } from "../options.ts";

/** Training with 0.9 of the cross-entropy to the labels. */
export const toy = defineMethod({
  name: "toy",
  summary: "cross-entropy to labels that are not trusted",
  options: { trust: number(0.9, { above: 0 }) },
  needsTeacher: false,
  async step({ trust }, { images, labels, studentPass }) {
    await studentPass(images, ({ logits }) => ({
      cross_entropy: tf.mul(crossEntropy(labels, logits), trust),
    }));
  },
});
`;

Deno.test("only a method's own file and the list of methods name it", async () => {
  const knowing: string[] = [];
  for await (const file of filesUnder(join(ROOT, "lib"))) {
    const text = await Deno.readTextFile(join(ROOT, "lib", file));
    if (/["/]dkd["/.]/.test(text)) knowing.push(file);
  }
  // A method may have a look of its own in figures; without one it gets another.
  assertEquals(knowing.sort(), [
    "distillation/dkd.ts",
    "distillation/methods.ts",
    "report/colours.ts",
  ]);
});

Deno.test("a new method takes one file and one line, and appears in a table", async () => {
  await withTemporaryFolder(async (folder) => {
    for (const part of ["deno.json", "deno.lock", "lib", "experiments", "results/teachers"]) {
      await cp(join(ROOT, part), join(folder, part), { recursive: true });
    }
    await Deno.writeTextFile(join(folder, "lib/distillation/toy.ts"), METHOD);
    const register = join(folder, "lib/distillation/methods.ts");
    const before = await Deno.readTextFile(register);
    const after = before.replace(
      "  original,\n",
      '  original,\n  (await import("./toy.ts")).toy,\n',
    );
    assertNotEquals(after, before, "the list of methods has no line for the toy to stand behind");
    await Deno.writeTextFile(register, after);

    const deno = async (...args: string[]) => {
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args,
        cwd: folder,
        env: { NO_COLOR: "1", INIT_CWD: folder },
      }).output();
      assertEquals(code, 0, new TextDecoder().decode(stderr));
      return new TextDecoder().decode(stdout);
    };
    // Nothing else uses the method's types. Checking all files would take four times as long.
    await deno("check", "--quiet", "lib/distillation/methods.ts");
    const table = await deno(
      ...[...denoArguments("experiments/run.ts"), "quickstart", "--scale", "smoke"],
      ...["--fractions", "0.01", "--seeds", "1,", "--methods", "original,toy"],
      ...["--set", "toy.trust=0.5"],
    );
    assertMatch(table, /toy \(trust=0\.5\) +\d+\.\d\d/);
  });
});
