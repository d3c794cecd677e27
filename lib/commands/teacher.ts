import { type CommandLine, parseWholeNumber, runCommand } from "./command_line.ts";
import { backendOption, folderOptions } from "./common_options.ts";
import { threadsOf } from "../backend/backend.ts";
import { describeStartedBackend, startBackend } from "../backend/start_backend.ts";
import { loadDataset } from "../data/load_dataset.ts";
import { RESULTS } from "../files/project_root.ts";
import { parseNetwork } from "../nn/network_families.ts";
import { readWeightsFile } from "../nn/weights_file.ts";
import { printable } from "../files/printable.ts";
import { importTeacher } from "../teacher/import.ts";
import { listTeachers, readTeacher, type TeacherFile } from "../teacher/find.ts";
import { trainTeacher } from "../teacher/train.ts";
import { UserError } from "../user_error.ts";

const command = {
  name: "teacher",
  summary:
    "Trains a teacher, imports PyTorch weights (.pth or safetensors), or lists the teachers.",
  positionals: "train|import FILE|list",
  options: {
    dataset: { value: "NAME", help: "the teacher's data set (default: fashion-mnist-subset)" },
    network: {
      value: "NAME",
      help:
        "train: resnet8, resnet8x4, wrn-40-2, …, resnet10-4stage, … for 64×64 (default: resnet14)",
    },
    epochs: { value: "N", help: "train: default 40; a stopped training starts over" },
    "batch-size": { value: "N", help: "train: default 128" },
    seed: { value: "N", help: "train: default 1" },
    ...backendOption,
    ...folderOptions,
  },
} as const;

type Line = CommandLine<typeof command.options>;

/** An action by the first word. */
interface Action {
  /** The number of words */
  readonly words: number;
  /** Options of the others, which it would ignore */
  readonly without: readonly (keyof typeof command.options)[];
  run(line: Line): Promise<number>;
}

const OF_TRAINING = ["network", "epochs", "batch-size", "seed"] as const;

const actions: Readonly<Record<string, Action>> = {
  train: { words: 1, without: [], run: runTrain },
  import: { words: 2, without: OF_TRAINING, run: runImport },
  list: {
    words: 1,
    without: [...OF_TRAINING, "dataset", "backend", "data", "unverified-data"],
    run: runList,
  },
};

if (import.meta.main) {
  await runCommand(command, Deno.args, (line) => {
    const action = Object.hasOwn(actions, line.positionals[0] ?? "")
      ? actions[line.positionals[0]]
      : undefined;
    if (action?.words !== line.positionals.length) {
      throw new UserError(`teacher needs one of: train, import FILE, list`);
    }
    const ignored = action.without.find((option) => line.options[option]);
    if (ignored !== undefined) {
      throw new UserError(`teacher ${line.positionals[0]} takes no --${ignored}; leave it out`);
    }
    return action.run(line);
  });
}

async function runTrain({ options }: Line): Promise<number> {
  const network = options.network ?? "resnet14";
  parseNetwork(network);
  const settings = {
    network,
    epochs: parseWholeNumber("epochs", options.epochs ?? "40", 1),
    batchSize: parseWholeNumber("batch-size", options["batch-size"] ?? "128", 1),
    seed: parseWholeNumber("seed", options.seed ?? "1", 0),
  };
  const cores = navigator.hardwareConcurrency;
  const started = await startBackend(options.backend, { threads: cores });
  console.log(describeStartedBackend(started));
  const teacher = await trainTeacher({
    ...settings,
    dataset: await datasetOf(options),
    backend: started.backend.name,
    threads: threadsOf(started.backend, cores),
    resultsFolder: resultsOf(options),
    report: (message) => console.log(printable(message)),
  });
  return tellMade(teacher);
}

async function runImport({ positionals: [, file], options }: Line): Promise<number> {
  // A file that cannot be read shows before a data set is downloaded for it.
  await readWeightsFile(file);
  const started = await startBackend(options.backend);
  console.log(describeStartedBackend(started));
  const dataset = await datasetOf(options);
  return tellMade(await importTeacher(file, dataset, resultsOf(options)));
}

function tellMade({ name, metadata, file }: TeacherFile): number {
  console.log(`${name}: ${metadata.test_accuracy_percent} % on the test images`);
  console.log(`written to ${file}`);
  return 0;
}

async function runList({ options }: Line): Promise<number> {
  const folder = resultsOf(options);
  let status = 0;
  for (const place of await listTeachers(folder)) {
    try {
      const { name, hash, metadata, file } = await readTeacher(folder, place);
      const accuracy = metadata.test_accuracy_percent ?? "?";
      console.log(printable(
        `${name.padEnd(32)} ${accuracy.padStart(6)} %  ${hash.slice(0, 12)}  ${file}`,
      ));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      console.error(`damaged: ${printable(error.message)}`);
      status = 2;
    }
  }
  return status;
}

function datasetOf(options: Line["options"]) {
  return loadDataset(options.dataset ?? "fashion-mnist-subset", {
    dataFolder: options.data,
    acceptUnverified: options["unverified-data"],
  });
}

function resultsOf(options: Line["options"]): string {
  return options.results ?? RESULTS;
}
