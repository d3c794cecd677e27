import type { Measurement } from "./measure_backend.ts";
import { type StepTimes, TIMES } from "./measure_step.ts";
import { type Variant, VARIANTS } from "./pytorch_peer.ts";
import { type Spread, spreadOf } from "./repeat.ts";

/** How many times as long PyTorch takes, over the rounds that both took in turn. */
export interface PeerRatio {
  readonly configuration: string;
  readonly time: typeof TIMES[number];
  readonly variant: Variant;
  readonly ratio: Spread;
}

/** Each round of ours against the round of theirs that followed it. */
export function compareWithPeer(
  { configuration, rounds }: Measurement,
  peerRounds: readonly Readonly<Record<Variant, StepTimes>>[],
): PeerRatio[] {
  return TIMES.flatMap((time) =>
    VARIANTS.map((variant) => ({
      configuration,
      time,
      variant,
      ratio: spreadOf(
        rounds.map((round, i) => peerRounds[i][variant][time] / round.times[time]),
      ),
    }))
  );
}
