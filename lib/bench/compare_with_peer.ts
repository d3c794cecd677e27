import type { BackendMeasurement } from "./measure_backend.ts";
import { type StepTimes, TIMES } from "./measure_step.ts";
import { type Variant, VARIANTS } from "./pytorch_peer.ts";
import { type MedianRange, medianRangeOf } from "./repeat.ts";

/** PyTorch's time divided by ours, over the rounds that both took in turn. */
export interface PeerRatio {
  readonly configuration: string;
  readonly time: typeof TIMES[number];
  readonly variant: Variant;
  readonly ratio: MedianRange;
}

/** Divides PyTorch's time in each round by ours in the round before it. */
export function compareWithPeer(
  { configuration, rounds }: BackendMeasurement,
  peerRounds: readonly Readonly<Record<Variant, StepTimes>>[],
): PeerRatio[] {
  return TIMES.flatMap((time) =>
    VARIANTS.map((variant) => ({
      configuration,
      time,
      variant,
      ratio: medianRangeOf(
        rounds.map((round, i) => peerRounds[i][variant][time] / round.times[time]),
      ),
    }))
  );
}
