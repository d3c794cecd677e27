import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { checkParity } from "../../lib/parity/check_parity.ts";
import type { Comparison } from "../../lib/parity/compare.ts";
import {
  decodeSafetensors,
  encodeSafetensors,
  type StoredTensor,
} from "../../lib/nn/safetensors.ts";
import { UserError } from "../../lib/user_error.ts";
import {
  automaticBackend,
  computedOn,
  fastBackends,
  onAutomaticBackend,
  registeredOn,
} from "../on_every_backend.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";
import { runTask } from "../commands/run_task.ts";

const FOLDER = fileURLToPath(new URL("./fashion", import.meta.url));

/** The files of the step with boundary supporting samples. */
const FILES = [
  "bss_step.safetensors",
  "student_resnet8.safetensors",
  "teacher_resnet14.safetensors",
];

/** Runs a test with a copy of these files. */
async function withStep(test: (folder: string) => Promise<void>): Promise<void> {
  await withTemporaryFolder(async (folder) => {
    for (const name of FILES) await Deno.copyFile(join(FOLDER, name), join(folder, name));
    await test(folder);
  });
}

/**
 * Runs a test with a copy of all files, and a quarter of the images of the attacks: without oneDNN all
 * of them take a minute. An attack treats each image by itself. FAB's and Square's numbers are means over
 * all images, and are left to machines with oneDNN.
 */
async function withFewerAttacked(test: (folder: string) => Promise<void>): Promise<void> {
  await withTemporaryFolder(async (folder) => {
    for await (const { name } of Deno.readDir(FOLDER)) {
      if (name === "autoattack.safetensors") continue;
      await Deno.copyFile(join(FOLDER, name), join(folder, name));
    }
    const file = join(folder, "attacks.safetensors");
    const { tensors, metadata } = decodeSafetensors(await Deno.readFile(file), file);
    const quarters = [...tensors].map(([name, { data, shape: [count, ...rest], dtype }]) => {
      const shape = [count / 4, ...rest];
      return [
        name,
        { data: data.slice(0, data.length / 4), shape, dtype } as StoredTensor,
      ] as const;
    });
    await Deno.writeFile(file, encodeSafetensors({ tensors: new Map(quarters), metadata }));
    await test(folder);
  });
}

/** Changes a weight of the teacher. */
async function changeTeacher(folder: string): Promise<void> {
  const file = join(folder, "teacher_resnet14.safetensors");
  const content = decodeSafetensors(await Deno.readFile(file), file);
  content.tensors.get("layer2.0.conv1.weight")!.data[5] += 0.5;
  await Deno.writeFile(file, encodeSafetensors(content));
}

async function failures(folder: string): Promise<Comparison[]> {
  const comparisons = await Array.fromAsync(checkParity(folder));
  assert(comparisons.length > 100, `${comparisons.length} quantities`);
  return comparisons.filter(({ passed }) => !passed);
}

const onOtherBackends = registeredOn(fastBackends.filter((name) => name !== automaticBackend));

// All quantities take minutes on a slow backend; attacks and losses have their own tests on each backend.
const isSlow = automaticBackend === "wasm";
onAutomaticBackend(
  "the library agrees with published PyTorch code in every quantity" +
    (isSlow ? ", but for FAB, Square and three quarters of the attacked images" : ""),
  async () => {
    const check = async (folder: string) => assertEquals(await failures(folder), []);
    await (isSlow ? withFewerAttacked(check) : check(FOLDER));
  },
);

onOtherBackends(
  "a step with boundary supporting samples agrees with published PyTorch code",
  () => withStep(async (folder) => assertEquals(await failures(folder), [])),
);

Deno.test("checkParity() fails if a weight of the teacher was changed", async () => {
  await withStep(async (folder) => {
    await changeTeacher(folder);
    await computedOn(async () => {
      for await (const { quantity, passed } of checkParity(folder)) {
        if (quantity.startsWith("teacher logits")) return assert(!passed);
      }
      throw new Error("the logits of the teacher were not compared");
    }, automaticBackend);
  });
});

onAutomaticBackend(
  "checkParity() leaves no tensors if a file lacks one",
  () =>
    withStep(async (folder) => {
      const file = join(folder, "bss_step.safetensors");
      for (
        const name of ["base_index", "crossed_to_target", "adversarial_teacher_logits", "loss"]
      ) {
        const content = decodeSafetensors(await Deno.readFile(join(FOLDER, FILES[0])), file);
        content.tensors.delete(name);
        await Deno.writeFile(file, encodeSafetensors(content));
        const check = () => Array.fromAsync(checkParity(folder));
        await assertRejects(check, UserError, `holds no tensor "${name}"`);
      }
    }),
);

Deno.test("parity ends with 0 if all agree, with 1 if a quantity differs, and with 2 without a folder", async () => {
  await withStep(async (folder) => {
    const parity = (...args: string[]) =>
      runTask("lib/commands/parity.ts", ...args, "--backend", automaticBackend);
    const whole = await parity(folder);
    assertEquals(whole.code, 0, whole.stderr);
    assertMatch(whole.stdout, /\nall quantities agree\n$/);
    await changeTeacher(folder);
    const changed = await parity(folder);
    assertEquals(changed.code, 1, changed.stderr);
    assertMatch(changed.stdout, /\n\d+ quantities differ\n$/);
    const without = await parity();
    assertEquals(without.code, 2);
    assertMatch(without.stderr, /parity needs one folder of reference numbers/);
  });
});

Deno.test("checkParity() says what is wrong with a folder that is missing or empty", async () => {
  const read = (folder: string) => () => Array.fromAsync(checkParity(folder));
  await assertRejects(read("/nowhere"), UserError, "cannot read the folder /nowhere");
  await assertRejects(read(join(FOLDER, "..")), UserError, "holds no safetensors files");
});
