import { type CommandLine, parseWholeNumber, runCommand } from "./command_line.ts";
import { backendOption } from "./common_options.ts";
import { backends } from "../backend/backends.ts";
import { describeStartedBackend, startBackend, whyNot } from "../backend/start_backend.ts";
import { checkWork } from "../bench/check_work.ts";
import { compareWithPeer } from "../bench/compare_with_peer.ts";
import { configurations } from "../bench/configuration.ts";
import { gradientError, gradientTable } from "../bench/gradient_error.ts";
import { goldenWorkload } from "../bench/golden_workload.ts";
import { type BenchResult, jsonLine, type PeerResult } from "../bench/json_summary.ts";
import { measureMachineLimits } from "../bench/machine_limits.ts";
import { type BackendMeasurement, measureBackend } from "../bench/measure_backend.ts";
import { findPython, type PeerRound, PyTorchPeer } from "../bench/pytorch_peer.ts";
import { RANDOM_WORKLOAD, randomWorkload } from "../bench/random_workload.ts";
import { REPEATS, type Repeats } from "../bench/repeat.ts";
import { measureScaling, type ScalingPoint } from "../bench/scaling.ts";
import { measureSideBySide, sideBySideTable } from "../bench/side_by_side.ts";
import * as tables from "../bench/tables.ts";
import { firstImages, type Workload } from "../bench/workload.ts";
import { networkName } from "../nn/network_families.ts";
import { provenance } from "../store/provenance.ts";
import { UserError } from "../user_error.ts";

/** Fewer rounds in turn with PyTorch would say nothing about the spread. */
const FEWEST_ROUNDS_WITH_PEER = 3;

const command = {
  name: "bench",
  summary:
    "Times a training step with boundary supporting samples, part by part, on every backend\n" +
    "that works here, and on the first one runs side by side. Compares them with the limits\n" +
    "of the machine. All times are medians.",
  options: {
    backend: { ...backendOption.backend, help: "only this backend (default: all that work here)" },
    golden: {
      value: "DIR",
      help: "reference numbers; times and checks their step (default: $BSS_GOLDEN, else random)",
    },
    peer: { help: "also time PyTorch on the same step, in turn with ours, if python3 has it" },
    rounds: {
      value: "N",
      help: "how many times to measure everything (default: 1; with --peer: 3)",
    },
    repeats: { value: "N", help: `timed repeats in a round (default: ${REPEATS.timed})` },
    batch: { value: "N", help: `images in a step (default: ${RANDOM_WORKLOAD.batch})` },
    scaling: { help: "also time batches from 64 to 1024 and other students, on the first backend" },
    json: { help: "end with one JSON object on one line" },
  },
} as const;

type Options = CommandLine<typeof command.options>["options"];

if (import.meta.main) {
  await runCommand(command, Deno.args, ({ options }) => bench(options));
}

async function bench(options: Options): Promise<number> {
  const rounds = roundsOf(options);
  const repeats = {
    ...REPEATS,
    timed: parseWholeNumber("repeats", options.repeats ?? String(REPEATS.timed), 1),
  };
  const working = await workingBackends();
  const names = options.backend
    ? [(await startAndDescribe(options.backend)).backend.name]
    : working;
  await startBackend(names[0]);
  // After the start, because oneDNN reports its instructions only once it is open.
  const { machine, commit } = await provenance();
  console.log(`machine: ${machine}`);
  const workload = await workloadOf(options);
  console.log(describeWorkload(workload));

  const peer = options.peer ? await startPeer(workload, repeats) : null;
  await using running = peer instanceof PyTorchPeer ? peer : null;
  const peerRounds: PeerRound[] = [];
  const measurements: BackendMeasurement[] = [];
  for (const [index, name] of names.entries()) {
    console.error(`measuring ${name} …`);
    const first = index === 0;
    measurements.push(
      ...await measureBackend(name, {
        workload,
        repeats,
        rounds: first ? rounds : 1,
        configurations: first ? configurations : [configurations[0]],
        afterRound: async () => {
          if (first && running) peerRounds.push(await running.round());
        },
        note: (text) => console.log(text),
      }),
    );
  }
  const sameAs = checkWork(measurements, { workload, peer: running?.greeting.outcomes });
  for (const { sentence } of sameAs) console.log(sentence);
  console.error("measuring the machine's limits …");
  const limits = await measureMachineLimits(working);
  const own = measurements.filter(({ backend }) => backend === names[0]);
  const [{ workload: measured }] = own;
  // The default, and the fastest where the backend has it.
  const compared = [configurations[0], configurations.at(-1)!].filter(({ name }) =>
    own.some(({ configuration }) => configuration === name)
  );
  console.error("measuring runs side by side …");
  const plan = { workload: measured, configurations: compared, repeats, rounds };
  const sideBySide = await measureSideBySide(names[0], plan);
  await startBackend(names[0]);
  const isRounded = compared.some(({ studentPrecision }) => studentPrecision === "bf16");
  const gradient = isRounded ? await gradientError(measured) : null;
  const scaling = options.scaling ? await scale(names[0], repeats) : [];

  const peerResult: BenchResult["peer"] = running
    ? resultOf(running, own, peerRounds)
    : peer as { skipped: string } | null;
  const result = {
    machine,
    commit,
    measurements,
    limits,
    peer: peerResult,
    sideBySide,
    gradientError: gradient,
    scaling,
  };
  printTables(result, names[0]);
  if (options.json) console.log(jsonLine(result));
  return sameAs.every(({ same }) => same) ? 0 : 1;
}

function roundsOf({ rounds, peer }: Options): number {
  const fewest = peer ? FEWEST_ROUNDS_WITH_PEER : 1;
  return parseWholeNumber("rounds", rounds ?? String(fewest), fewest);
}

/** Lists the backends that work here; prints why the others do not. */
async function workingBackends(): Promise<string[]> {
  const names: string[] = [];
  for (const backend of backends) {
    const reason = await whyNot(backend);
    if (reason === null) names.push(backend.name);
    else console.log(`not measured: ${backend.name}: ${reason}`);
  }
  return names;
}

async function startAndDescribe(name: string) {
  const started = await startBackend(name);
  console.log(describeStartedBackend(started));
  return started;
}

async function workloadOf({ golden, batch }: Options): Promise<Workload> {
  const folder = golden ?? Deno.env.get("BSS_GOLDEN");
  const count = batch === undefined ? undefined : parseWholeNumber("batch", batch, 2);
  if (!folder) return await randomWorkload({ batch: count ?? RANDOM_WORKLOAD.batch });
  const workload = await goldenWorkload(folder);
  const [all] = workload.shape;
  if (count !== undefined && count > all) {
    throw new UserError(`--batch is ${count}, but the reference numbers have ${all} images`);
  }
  return firstImages(workload, count ?? all);
}

function describeWorkload({ description, shape, teacher, student, settings }: Workload): string {
  return `workload: ${description}, ${shape[0]} a step, ${shape.slice(1).join("×")}; ` +
    `${networkName(teacher.architecture)} → ${networkName(student.architecture)}, ` +
    `at most ${settings.baseSamples} attacked, T = ${settings.temperature}, η = ${settings.eta}`;
}

async function startPeer(
  workload: Workload,
  repeats: Repeats,
): Promise<PyTorchPeer | { skipped: string }> {
  const found = await findPython();
  if ("reason" in found) {
    console.log(`PyTorch is skipped: ${found.reason}`);
    return { skipped: found.reason };
  }
  const peer = await PyTorchPeer.start(found.python, workload, repeats);
  for (const [variant, reason] of Object.entries(peer.greeting.left_out)) {
    console.log(`PyTorch ${variant} is left out: ${reason}`);
  }
  return peer;
}

async function scale(backend: string, repeats: Repeats): Promise<ScalingPoint[]> {
  await startBackend(backend);
  const points: ScalingPoint[] = [];
  for await (const point of measureScaling(repeats)) {
    console.error(`scaling: ${point.student}, batch ${point.batch}`);
    points.push(point);
  }
  return points;
}

function resultOf(
  { greeting: { torch, threads, left_out } }: PyTorchPeer,
  ours: readonly BackendMeasurement[],
  rounds: PeerResult["rounds"],
): PeerResult {
  const ratios = ours.flatMap((measurement) => compareWithPeer(measurement, rounds));
  return { torch, threads, left_out, rounds, ratios };
}

function printTables(
  { measurements, limits, peer, sideBySide, gradientError, scaling }: BenchResult,
  first: string,
): void {
  const parts = [
    tables.timesTable(measurements),
    tables.partsTable(measurements),
    tables.throughputTable(measurements, limits),
    tables.overheadTable(measurements),
    ...(peer && "rounds" in peer ? [tables.peerTable(peer.ratios, peer.rounds)] : []),
    sideBySideTable(sideBySide),
    ...(gradientError ? [gradientTable(gradientError)] : []),
    ...(scaling.length > 0 ? [tables.scalingTable(first, scaling)] : []),
  ];
  for (const part of parts) console.log(`\n${part}`);
}
