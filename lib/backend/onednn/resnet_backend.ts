import type * as tf from "@tensorflow/tfjs";
import { DataType } from "./constants.ts";
import { SlicedNetwork } from "./frozen/sliced_network.ts";
import { OnednnBackend } from "./onednn_backend.ts";
import { OnednnTrainingPass } from "./training/onednn_training_pass.ts";
import type { FoldedResNet } from "../../nn/folded_resnet.ts";
import type { FreezingBackend } from "../../nn/freeze.ts";
import type { Precision } from "../../nn/precision.ts";
import type { FrozenNetwork } from "../../nn/frozen_classifier.ts";
import type { TrainedNetwork, TrainingBackend, TrainingPass } from "../../nn/training_pass.ts";

/** The backend, which runs a ResNet as one list of primitives, frozen or in training. */
export class ResNetOnednnBackend extends OnednnBackend implements FreezingBackend, TrainingBackend {
  freeze(folded: FoldedResNet, precision: Precision): FrozenNetwork {
    return new SlicedNetwork(this, folded, DataType[precision]);
  }

  startTrainingPass(
    images: tf.Tensor4D,
    network: TrainedNetwork,
    precision: Precision,
  ): TrainingPass {
    return new OnednnTrainingPass(this, images, network, precision);
  }
}
