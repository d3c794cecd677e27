import type { FrozenNetwork, Pullback } from "./frozen_classifier.ts";

/**
 * The same network, which tells of all images that go through it, forward or back.
 *
 * @param tell is given how many, before each pass
 */
export function countedNetwork(
  network: FrozenNetwork,
  tell: (images: number) => void,
): FrozenNetwork {
  return {
    classes: network.classes,
    featureChannels: network.featureChannels,
    logits(images) {
      tell(images.shape[0]);
      return network.logits(images);
    },
    forward(images) {
      tell(images.shape[0]);
      return network.forward(images);
    },
    pullback(images) {
      tell(images.shape[0]);
      return countedPullback(network.pullback(images), tell);
    },
    dispose: () => network.dispose(),
  };
}

function countedPullback(pass: Pullback, tell: (images: number) => void): Pullback {
  return {
    logits: pass.logits,
    toImages(dLogits, rows) {
      tell(dLogits.shape[0]);
      return pass.toImages(dLogits, rows);
    },
    dispose: () => pass.dispose(),
  };
}
