import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { assertFindings } from "./assert_findings.ts";
import { DATASET_CARD } from "../../../lib/runs/input_cards.ts";
import { describeDataset } from "../../../lib/data/dataset.ts";
import { loadDataset } from "../../../lib/data/load_dataset.ts";
import { decodeSafetensors, encodeSafetensors } from "../../../lib/nn/safetensors.ts";
import { keepCard } from "../../../lib/store/input_card.ts";
import type { ResultsFolder } from "../../../lib/store/results_folder.ts";
import { cardOf, findTeacher, TEACHER_CARD } from "../../../lib/teacher/find.ts";

const DATASET = "fashion-mnist-subset";
const [DATASET_FILE, TEACHER_FILE, WEIGHTS_FILE] = [
  `inputs/${DATASET}.json`,
  `inputs/${DATASET}-resnet14.json`,
  `teachers/${DATASET}-resnet14.safetensors`,
];

/** The cards of the runs' data set and teacher. */
async function inputs() {
  const dataset = describeDataset(await loadDataset(DATASET, {}));
  const { file, ...teacher } = await findTeacher("no folder", DATASET);
  return { dataset, teacher, weights: await Deno.readFile(file) };
}

Deno.test("verifyResults() finds no fault in the runs' own cards and teacher", async () => {
  const { dataset, teacher, weights } = await inputs();
  await assertFindings(async (folder) => {
    await keepCard(DATASET_CARD, folder.path, dataset);
    await keepCard(TEACHER_CARD, folder.path, cardOf(teacher));
    await write(folder, WEIGHTS_FILE, weights);
  }, () => []);
});

Deno.test("verifyResults() finds cards of another data set and teacher than the runs were made with", async () => {
  const { dataset, teacher } = await inputs();
  await assertFindings(
    async (folder) => {
      await keepCard(DATASET_CARD, folder.path, { ...dataset, fingerprint: "0" });
      await keepCard(TEACHER_CARD, folder.path, cardOf({ ...teacher, hash: "0" }));
    },
    () => [
      [
        "damaged",
        TEACHER_FILE,
        /SHA-256 is 0, but runs\/\S+ and 3 more say that they were made with 3bb1c9\w+; put/,
      ],
      [
        "damaged",
        DATASET_FILE,
        /SHA-256 is 0, but runs\/\S+ and 5 more say that they were made with ff8ca7\w+; put/,
      ],
    ],
  );
});

Deno.test("verifyResults() finds a teacher that the runs were not made with, even without a card", async () => {
  const { weights } = await inputs();
  await assertFindings(
    async (folder) => {
      const content = decodeSafetensors(weights, WEIGHTS_FILE);
      content.tensors.get("linear.bias")!.data[0]++;
      await write(folder, WEIGHTS_FILE, encodeSafetensors(content));
    },
    () => [[
      "damaged",
      WEIGHTS_FILE,
      /its SHA-256 is \w{64}, but runs\/\S+ and 3 more say that they were made with 3bb1c9\w+/,
    ]],
  );
});

Deno.test("verifyResults() reports a damaged card once, and a truncated teacher", async () => {
  const { teacher, weights } = await inputs();
  await assertFindings(async (folder) => {
    await keepCard(TEACHER_CARD, folder.path, cardOf(teacher));
    await write(folder, WEIGHTS_FILE, weights);
    await Deno.truncate(join(folder.path, TEACHER_FILE), 100);
  }, () => [["damaged", TEACHER_FILE, /is damaged: it should be JSON with name, network/]]);
  await assertFindings(
    (folder) => write(folder, WEIGHTS_FILE, weights.subarray(0, 1000)),
    () => [["damaged", WEIGHTS_FILE, /is not a whole safetensors file/]],
  );
});

async function write({ path }: ResultsFolder, file: string, bytes: Uint8Array): Promise<void> {
  await Deno.mkdir(join(path, "teachers"), { recursive: true });
  await Deno.writeFile(join(path, file), bytes);
  assertEquals(await Deno.readFile(join(path, file)), bytes);
}
