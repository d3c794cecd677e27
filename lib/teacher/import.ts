import { evaluateAccuracy } from "../training/evaluation.ts";
import { keepTeacher, type TeacherFile } from "./find.ts";
import type { Dataset } from "../data/dataset.ts";
import { networkName } from "../nn/network_families.ts";
import { freeze } from "../nn/freeze.ts";
import { encodeResNet, readResNet } from "../nn/weights_file.ts";
import { Held } from "../tensors/held.ts";
import { UserError } from "../user_error.ts";

/**
 * Imports PyTorch weights (a state dict saved by `torch.save` or as safetensors) as the teacher for
 * a data set, and measures their accuracy on the test images.
 *
 * @throws UserError if the file holds no such network, or one for other images or classes, or if
 *   the results folder describes another teacher of that name
 */
export async function importTeacher(
  file: string,
  dataset: Dataset,
  resultsFolder: string,
): Promise<TeacherFile> {
  using held = new Held();
  const { network, metadata } = await readResNet(file);
  const { architecture } = held.keep(network);
  const { channels, classes } = architecture;
  if (channels !== dataset.channels || classes !== dataset.classes.length) {
    throw new UserError(
      `${file} is for images of ${channels} channels and ${classes} classes, but ${dataset.name} has ` +
        `${dataset.channels} channels and ${dataset.classes.length} classes; choose its own data set`,
    );
  }
  const frozen = held.keep(freeze(network));
  const accuracy = await evaluateAccuracy(frozen, dataset, dataset.test);
  const bytes = await encodeResNet(network, {
    dataset: dataset.name,
    test_accuracy_percent: (100 * accuracy).toFixed(2),
    imported: JSON.stringify(metadata),
  });
  return await keepTeacher(resultsFolder, dataset.name, networkName(architecture), bytes);
}
