import type { FrozenNetwork, Pullback } from "./frozen_classifier.ts";

/** Told before each pass how many images go which way through a network. */
export type Tell = (images: number, way: "forward" | "back") => void;

/** The same network, which tells of all images that go through it. */
export function countedNetwork(network: FrozenNetwork, tell: Tell): FrozenNetwork {
  return {
    classes: network.classes,
    featureChannels: network.featureChannels,
    logits(images) {
      tell(images.shape[0], "forward");
      return network.logits(images);
    },
    forward(images) {
      tell(images.shape[0], "forward");
      return network.forward(images);
    },
    pullback(images) {
      tell(images.shape[0], "forward");
      return countedPullback(network.pullback(images), tell);
    },
    dispose: () => network.dispose(),
  };
}

function countedPullback(pass: Pullback, tell: Tell): Pullback {
  return {
    logits: pass.logits,
    toImages(dLogits, rows) {
      tell(dLogits.shape[0], "back");
      return pass.toImages(dLogits, rows);
    },
    dispose: () => pass.dispose(),
  };
}
