import { assert, assertEquals, assertRejects } from "@std/assert";
import { basename, join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { smallDataset } from "../training/small_run.ts";
import { startBackend } from "../../lib/backend/start_backend.ts";
import type { Dataset } from "../../lib/data/dataset.ts";
import type { Layers } from "../../lib/nn/architecture.ts";
import { decodeSafetensors } from "../../lib/nn/safetensors.ts";
import { encodeResNet, readResNet } from "../../lib/nn/weights_file.ts";
import { importTeacher } from "../../lib/teacher/import.ts";
import { findTeacher, keepTeacher, listTeachers, teacherFile } from "../../lib/teacher/find.ts";
import { trainTeacher } from "../../lib/teacher/train.ts";
import { UserError } from "../../lib/user_error.ts";
import { cardPath } from "../../lib/store/input_card.ts";
import { lockRun } from "../../lib/store/run_lock.ts";
import { makePytorchFile, tensor } from "../nn/make_pytorch_file.ts";
import { testClassifier, testNetwork } from "../networks.ts";
import { onAutomaticBackend } from "../on_every_backend.ts";
import { valuesOf } from "../values_of.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";

async function writeNetwork(file: string, layers: Layers): Promise<void> {
  const network = testNetwork({ ...IMAGES, ...layers });
  await Deno.writeFile(file, await encodeResNet(network, {}));
  network.dispose();
}

const IMAGES = { channels: 1, classes: 4 };
const FOUR_STAGES: Layers = { depth: 10, stages: 4 };

/** Gives the accuracy of the test network, in percent of the test images. */
async function accuracyOn({ test, mean, std }: Dataset): Promise<number> {
  const classifier = testClassifier({ ...IMAGES, ...FOUR_STAGES });
  const pixels = Float32Array.from(test.images, (value) => (value / 255 - mean[0]) / std[0]);
  const top = await valuesOf(() =>
    tf.argMax(classifier.logits(tf.tensor4d(pixels, [test.count, 8, 8, 1])), 1)
  );
  classifier.dispose();
  return 100 * top.filter((predicted, i) => predicted === test.labels[i]).length / test.count;
}

/** Runs a test on a results folder with these teachers, by name. */
async function withTeachers(
  networks: Readonly<Record<string, Layers>>,
  test: (folder: string) => Promise<void>,
): Promise<void> {
  await withTemporaryFolder(async (folder) => {
    await Deno.mkdir(join(folder, "teachers"));
    for (const [name, layers] of Object.entries(networks)) {
      await writeNetwork(join(folder, "teachers", `${name}.safetensors`), layers);
    }
    await test(folder);
  });
}

/** The shortest training of a teacher */
const REQUEST = {
  epochs: 1,
  batchSize: 10,
  seed: 1,
  backend: "wasm",
  threads: 1,
  report: () => {},
};

Deno.test("findTeacher() takes the deepest network, or the named one", async () => {
  const teachers = {
    "quarters-resnet8": { depth: 8 },
    "quarters-resnet14": { depth: 14 },
    "quarters-resnet10-4stage": { depth: 10, stages: 4 },
    "small-quarters-resnet20": { depth: 20 },
    "quarters-wrn-10-2": { family: "wrn", depth: 10, width: 2 },
    "wide-quarters-wrn-16-2": { family: "wrn", depth: 16, width: 2 },
    "wide-quarters-wrn-16-1": { family: "wrn", depth: 16, width: 1 },
  } satisfies Record<string, Layers>;
  await withTeachers(teachers, async (folder) => {
    assertEquals((await findTeacher(folder, "quarters")).network, "resnet14");
    assertEquals((await findTeacher(folder, "small-quarters")).network, "resnet20");
    assertEquals((await findTeacher(folder, "wide-quarters")).network, "wrn-16-2");
    for (const network of ["resnet8", "resnet10-4stage", "wrn-10-2"]) {
      const teacher = await findTeacher(folder, "quarters", network);
      assertEquals([teacher.name, teacher.network], [`quarters-${network}`, network]);
      const { network: loaded, hash } = await readResNet(teacher.file);
      assertEquals(hash, teacher.hash);
      loaded.dispose();
    }
    const names = (await listTeachers(folder)).map(({ name }) => name);
    assert(Object.keys(teachers).every((name) => names.includes(name)));
  });
});

Deno.test("findTeacher() prefers the wider of equally deep teachers, then four stages to three", async () => {
  const wide = {
    "quarters-resnet14x2": { depth: 14, width: 2 },
    "quarters-resnet14": { depth: 14 },
    "quarters-resnet14x0.5": { depth: 14, width: 0.5 },
    "quarters-resnet8x4": { depth: 8, width: 4 },
  } satisfies Record<string, Layers>;
  await withTeachers(wide, async (folder) => {
    assertEquals((await findTeacher(folder, "quarters")).network, "resnet14x2");
    assertEquals((await findTeacher(folder, "quarters", "resnet8x4")).network, "resnet8x4");
  });
  const teachers = {
    "quarters-resnet26": { depth: 26 },
    "quarters-resnet26-4stage": { depth: 26, stages: 4 },
  } satisfies Record<string, Layers>;
  await withTeachers(teachers, async (folder) => {
    assertEquals((await findTeacher(folder, "quarters")).network, "resnet26-4stage");
    assertEquals((await findTeacher(folder, "quarters", "resnet26")).network, "resnet26");
  });
});

Deno.test("findTeacher() says how to make a teacher that is missing", async () => {
  await withTemporaryFolder(async (folder) => {
    await assertRejects(
      () => findTeacher(folder, "tiny-imagenet", "resnet26-4stage"),
      UserError,
      "deno task teacher train --dataset tiny-imagenet --network resnet26-4stage",
    );
  });
});

Deno.test("importTeacher() finds the four stages of a network in its weights, and measures its accuracy", async () => {
  await startBackend("wasm");
  await withTemporaryFolder(async (folder) => {
    const file = join(folder, "foreign.safetensors");
    await writeNetwork(file, FOUR_STAGES);
    const dataset = smallDataset();
    const { name, network, metadata } = await importTeacher(file, dataset, folder);
    assertEquals([name, network], ["quarters-resnet10-4stage", "resnet10-4stage"]);
    assertEquals(Number(metadata.test_accuracy_percent), await accuracyOn(dataset));
  });
});

onAutomaticBackend(
  "importTeacher() leaves no tensors if the data set is another, or evaluation ends early",
  () =>
    withTemporaryFolder(async (folder) => {
      const file = join(folder, "foreign.safetensors");
      await writeNetwork(file, FOUR_STAGES);
      const dataset = smallDataset();
      const { test } = dataset;
      const unreadable = {
        ...test,
        get images(): Uint8Array {
          throw new Error("stopped");
        },
      };
      const refused: [Dataset, string][] = [
        [{ ...dataset, classes: ["one", "two"] }, "choose its own data set"],
        [{ ...dataset, test: unreadable }, "stopped"],
      ];
      for (const [wrong, message] of refused) {
        await assertRejects(() => importTeacher(file, wrong, folder), Error, message);
      }
    }),
);

Deno.test("importTeacher() takes a file by torch.save, as the same teacher as from safetensors", async () => {
  await startBackend("wasm");
  const wide: Layers = { family: "wrn", depth: 10, width: 2 };
  for (const [network, layers] of [["resnet10-4stage", FOUR_STAGES], ["wrn-10-2", wide]] as const) {
    await withTemporaryFolder(async (folder) => {
      const safetensors = join(folder, "foreign.safetensors");
      await writeNetwork(safetensors, layers);
      const { tensors } = decodeSafetensors(await Deno.readFile(safetensors), safetensors);
      const names = [...tensors.keys()];
      const described = [...tensors].map(([name, { shape, data: { length } }], key) => {
        const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
        return [
          `module.${name}`,
          tensor({ key: String(key), size: length, shape, strides }),
        ] as const;
      });
      const values = names.map((name) => tensors.get(name)!.data as Float32Array<ArrayBuffer>);
      const content = new Map<string, unknown>([["net", new Map(described)], ["epoch", 160]]);
      const pth = join(folder, "foreign.pth");
      await Deno.writeFile(pth, makePytorchFile(content, Object.fromEntries(values.entries())));
      const [first, second] = [join(folder, "first"), join(folder, "second")];
      const teacher = await importTeacher(pth, smallDataset(), first);
      assertEquals(teacher.name, `quarters-${network}`);
      assertEquals(
        await Deno.readFile(teacher.file),
        await Deno.readFile((await importTeacher(safetensors, smallDataset(), second)).file),
      );
    });
  }
});

/** Runs a test on a results folder with a teacher and its card. */
async function withKeptTeacher(
  test: (folder: string, file: string, hash: string) => Promise<void>,
): Promise<void> {
  await withTemporaryFolder(async (folder) => {
    const network = testNetwork();
    const bytes = await encodeResNet(network, { test_accuracy_percent: "92.55" });
    network.dispose();
    const { file, hash } = await keepTeacher(folder, "quarters", "resnet8", bytes);
    await test(folder, file, hash);
  });
}

Deno.test("findTeacher() refuses a teacher with a flipped bit in its weights, metadata or header", async () => {
  await withKeptTeacher(async (folder, file) => {
    const whole = await Deno.readFile(file);
    const text = new TextDecoder("latin1").decode(whole);
    const places = [text.length - 5, text.indexOf("92.55"), text.indexOf("data_offsets"), 0];
    for (const at of places) {
      const flipped = whole.slice();
      flipped[at] ^= 1;
      await Deno.writeFile(file, flipped);
      await assertRejects(() => findTeacher(folder, "quarters"), UserError, file);
    }
    await Deno.writeFile(file, whole);
    assertEquals((await findTeacher(folder, "quarters")).file, file);
  });
});

Deno.test("findTeacher() ignores damaged teachers of other data sets", async () => {
  await withKeptTeacher(async (folder, file) => {
    await Deno.writeTextFile(teacherFile(folder, "other-resnet8"), "");
    assertEquals((await findTeacher(folder, "quarters")).file, file);
    await assertRejects(() => findTeacher(folder, "other"), UserError, "it has 0 bytes");
  });
});

Deno.test("importTeacher() and trainTeacher() do not replace a teacher, with a card or without", async () => {
  await startBackend("wasm");
  await withKeptTeacher(async (folder, file, hash) => {
    const before = await Deno.readFile(file);
    const dataset = smallDataset();
    const foreign = join(folder, "foreign.safetensors");
    const network = testNetwork({ ...IMAGES, depth: 8 }, "another");
    await Deno.writeFile(foreign, await encodeResNet(network, {}));
    network.dispose();
    const trained = { ...REQUEST, dataset, network: "resnet8", resultsFolder: folder };
    const areRefused = async (toImport: string, toTrain: string) => {
      await assertRejects(() => importTeacher(foreign, dataset, folder), UserError, toImport);
      await assertRejects(() => trainTeacher(trained), UserError, toTrain);
      assertEquals(await Deno.readFile(file), before);
    };
    await areRefused(
      `describes a teacher of SHA-256 ${hash}, but the one here has`,
      `describes a teacher of SHA-256 ${hash}, which training would replace`,
    );
    await Deno.remove(join(folder, cardPath(basename(file, ".safetensors"))));
    await areRefused(
      `holds a teacher of SHA-256 ${hash}, which the new one would replace`,
      "holds a teacher, which training would replace",
    );
    assertEquals((await importTeacher(file, dataset, folder)).hash, hash);
  });
});

Deno.test("trainTeacher() refuses to train a teacher that another process trains", async () => {
  await withTemporaryFolder(async (resultsFolder) => {
    const lock = await lockRun(resultsFolder, "teacher-quarters-resnet8");
    await assertRejects(
      () =>
        trainTeacher({ ...REQUEST, dataset: smallDataset(), network: "resnet8", resultsFolder }),
      UserError,
      "another process trains the teacher quarters-resnet8",
    );
    await lock!.release();
  });
});

Deno.test("trainTeacher() makes a teacher again if its file is lost", async () => {
  await startBackend("wasm");
  await withTemporaryFolder(async (resultsFolder) => {
    const request = { ...REQUEST, dataset: smallDataset(), network: "resnet8", resultsFolder };
    const train = (other = {}) => trainTeacher({ ...request, ...other });
    const { file, hash } = await train();
    await assertRejects(() => train(), UserError, `describes a teacher of SHA-256 ${hash}`);
    await Deno.remove(file);
    await startBackend("cpu");
    await assertRejects(
      () => train({ backend: "cpu" }),
      UserError,
      "the lost teacher quarters-resnet8 was made with backend wasm",
    );
    await startBackend("wasm");
    assertEquals((await train()).hash, hash);
  });
});
