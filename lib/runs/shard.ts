import type { PlannedRun } from "./planned_run.ts";
import { flopsOf } from "./work_left.ts";
import { UserError } from "../user_error.ts";

/** Part `index` of `count` parts of a plan, counted from 1. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** The most shards: a larger number is mistyped. */
export const MOST_SHARDS = 9999;

/** Parses "2/4", the second of four parts. @throws UserError for anything else */
export function parseShard(text: string | undefined): Shard {
  if (text === undefined) return { index: 1, count: 1 };
  const match = /^(\d+)\/(\d+)$/.exec(text);
  const [index, count] = match ? [Number(match[1]), Number(match[2])] : [0, 0];
  if (index < 1 || index > count || count > MOST_SHARDS) {
    throw new UserError(
      `--shard is "${text}", but must be I/N with 1 ≤ I ≤ N ≤ ${MOST_SHARDS}, as in 2/4`,
    );
  }
  return { index, count };
}

/** Picks a shard's runs from {@linkcode shardsOf}. */
export function shardOf(plan: readonly PlannedRun[], { index, count }: Shard): PlannedRun[] {
  return shardsOf(plan, count)[index - 1];
}

/**
 * Deals a plan out to shards. They do not overlap, since finished runs count too. Each run, heaviest
 * first, goes to the shard with the least work.
 */
export function shardsOf(plan: readonly PlannedRun[], count: number): PlannedRun[][] {
  const shards = Array.from({ length: count }, () => ({ load: 0, runs: [] as PlannedRun[] }));
  const works = plan.map((run) => ({
    run,
    flops: flopsOf({ run, training: true, evaluations: run.evaluations }),
  }));
  works.sort((a, b) => b.flops - a.flops || (a.run.name < b.run.name ? -1 : 1));
  for (const { run, flops } of works) {
    const least = shards.reduce((best, shard) => shard.load < best.load ? shard : best);
    least.load += flops;
    least.runs.push(run);
  }
  return shards.map(({ runs }) => runs);
}
