/**
 * Distillation with boundary supporting samples: attacks, selection rules, distillation methods, and
 * what training, measuring and reporting with them takes.
 *
 * @module
 */
export { type AttackPath, attackPath } from "./attack/attack_path.ts";
export { bssAttack, type BssAttackOptions, type BssAttackResult } from "./attack/bss.ts";
export { type Outcome, outcomeShares } from "./attack/outcome.ts";
export { describeStartedBackend, startBackend } from "./backend/start_backend.ts";
export type { Dataset, ImageSet } from "./data/dataset.ts";
export { loadDataset } from "./data/load_dataset.ts";
export { takeImages } from "./data/stratified_subset.ts";
export type { DistillationMethod } from "./distillation/method.ts";
export { methodNamed, methods } from "./distillation/methods.ts";
export { boundaryWeight, distillationWeight } from "./distillation/schedules.ts";
export { crossEntropy, softCrossEntropy } from "./distillation/soft_cross_entropy.ts";
export type { FrozenClassifier } from "./nn/frozen_classifier.ts";
export { freeze } from "./nn/freeze.ts";
export { ResNet } from "./nn/resnet.ts";
export { readResNet } from "./nn/weights_file.ts";
export { accuracyWithErrorBars } from "./report/accuracy_bars.ts";
export { denormalise } from "./report/denormalise.ts";
export { displayTable } from "./report/display_table.ts";
export { figureDisplay } from "./report/figure_display.ts";
export { gapPath } from "./report/gap_path.ts";
export { imageGrid } from "./report/image_grid.ts";
export { learningCurves } from "./report/learning_curves.ts";
export { ResultsFolder } from "./report/results_folder.ts";
export { show } from "./report/show.ts";
export { signedToRgb } from "./report/signed_to_rgb.ts";
export { selectBaseSamples } from "./selection/base_samples.ts";
export { softmaxRows, topClasses } from "./selection/probabilities.ts";
export { sampleTargetClasses } from "./selection/target_classes.ts";
export { datasetFor } from "./training/dataset_for.ts";
export { evaluateAccuracy } from "./training/evaluate.ts";
export { imageTensor } from "./training/image_tensor.ts";
export { findTeacher } from "./training/teacher_store.ts";
export { train } from "./training/train.ts";
export { UserError } from "./user_error.ts";
