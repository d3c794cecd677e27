import { UserError } from "../lib/user_error.ts";

/** The index-th of count parts, from 1. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** "2/4" → the second of four parts. @throws UserError for anything else */
export function parseShard(text: string | undefined): Shard {
  if (text === undefined) return { index: 1, count: 1 };
  const match = /^(\d+)\/(\d+)$/.exec(text);
  const [index, count] = match ? [Number(match[1]), Number(match[2])] : [0, 0];
  if (index < 1 || index > count) {
    throw new UserError(`--shard is "${text}", but must be I/N with 1 ≤ I ≤ N, as in 2/4`);
  }
  return { index, count };
}

/**
 * A filter for the runs of a shard. It goes by the run's name, whose end is a hash of the run, and
 * not by its place in a list, so that shards started at different times do not overlap.
 */
export function inShard({ index, count }: Shard): (run: { name: string }) => boolean {
  return ({ name }) => Number.parseInt(name.slice(-8), 16) % count === index - 1;
}
