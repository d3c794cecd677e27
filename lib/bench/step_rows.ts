import { meanStdOf } from "../analysis/statistics/interval.ts";
import { UserError } from "../user_error.ts";

/** Times of a step, in ms. */
type Round = Readonly<Record<string, number>>;

/** The part of the output of `bench --json` that this file uses. */
interface BenchFile {
  readonly backends: Readonly<
    Record<string, {
      readonly configuration: string;
      readonly rounds: readonly Round[];
      readonly configurations?: Readonly<Record<string, { readonly rounds: readonly Round[] }>>;
    }>
  >;
  readonly peer: { readonly rounds?: readonly Readonly<Record<string, Round>>[] } | null;
}

/** The times of one backend and configuration, or of one variant of PyTorch. */
export interface StepRow {
  readonly method: string;
  readonly mean: number;
  /** Null for a single round. */
  readonly std: number | null;
  /** One value for each round. */
  readonly values: readonly number[];
}

/**
 * Reads the rounds of a benchmark as rows of a figure or a table, in ms.
 *
 * @param file the output of `deno task bench --json`
 * @param time "bss_step_ms", "student_step_ms" or "teacher_forward_ms"
 * @throws UserError if the file holds no such times
 */
export async function stepRows(file: string, time: string): Promise<StepRow[]> {
  const { backends, peer }: BenchFile = JSON.parse(await Deno.readTextFile(file));
  const ours = Object.entries(backends).flatMap(([backend, { configuration, ...measured }]) => [
    row(`${backend}, ${configuration}`, measured.rounds, time),
    ...Object.entries(measured.configurations ?? {}).map(([name, { rounds }]) =>
      row(`${backend}, ${name}`, rounds, time)
    ),
  ]);
  const rounds = peer?.rounds ?? [];
  const theirs = Object.keys(rounds[0] ?? {}).map((variant) =>
    row(`PyTorch, ${variant}`, rounds.map((round) => round[variant]), time)
  );
  const rows = [...ours, ...theirs];
  if (rows.some(({ values }) => !values.every(Number.isFinite))) {
    throw new UserError(
      `${file} holds no times "${time}"; make the file with \`deno task bench --json\``,
    );
  }
  return rows;
}

function row(method: string, rounds: readonly Round[], time: string): StepRow {
  const values = rounds.map((round) => round[time]);
  return { method, ...meanStdOf(values) ?? { mean: NaN, std: null }, values };
}
