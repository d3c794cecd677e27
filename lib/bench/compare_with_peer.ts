import type { BackendMeasurement } from "./measure_backend.ts";
import { TIMES } from "./measure_step.ts";
import type { PeerRound } from "./pytorch_peer.ts";
import { type MedianRange, medianRangeOf } from "./repeat.ts";

/** PyTorch's time divided by ours, over the rounds that both took in turn. */
export interface PeerRatio {
  readonly configuration: string;
  readonly time: typeof TIMES[number];
  /** The variant of PyTorch's step */
  readonly variant: string;
  readonly ratio: MedianRange;
}

/** Divides PyTorch's time in each round by ours in the round before it. */
export function compareWithPeer(
  { configuration, rounds }: BackendMeasurement,
  peerRounds: readonly PeerRound[],
): PeerRatio[] {
  return TIMES.flatMap((time) =>
    Object.keys(peerRounds[0]).map((variant) => ({
      configuration,
      time,
      variant,
      ratio: medianRangeOf(
        rounds.map((round, i) => peerRounds[i][variant][time] / round.times[time]),
      ),
    }))
  );
}
