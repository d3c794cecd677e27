/**
 * Distillation with boundary supporting samples: attacks, selection rules, distillation methods, and
 * functions to train, measure and report.
 *
 * @module
 */
export { probabilitiesAlong } from "./analysis/along_attack.ts";
export {
  type BoundarySimilarity,
  boundarySimilarity,
  type BoundarySimilarityOptions,
} from "./analysis/boundary/boundary_similarity.ts";
export { type ClassRegions, classRegions, regionAgreement } from "./analysis/class_regions.ts";
export type { Budget, RobustAccuracyOptions } from "./analysis/robustness/budget.ts";
export { type LabelledImages, labelledPixels } from "./analysis/robustness/labelled_images.ts";
export { type RobustAccuracy, robustAccuracy } from "./analysis/robustness/robust_accuracy.ts";
export {
  apgdEnsemble,
  autoAttack,
  type RobustnessAttack,
  robustnessAttacks,
} from "./analysis/robustness/robustness_attack.ts";
export type { RobustnessRow } from "./analysis/robustness/robustness_row.ts";
export { bootstrapInterval } from "./analysis/statistics/bootstrap_interval.ts";
export {
  decideFamily,
  type Decision,
  type FamilyMember,
} from "./analysis/statistics/decide_family.ts";
export {
  type Interval,
  mean,
  sampleStd,
  tInterval,
  wilsonInterval,
} from "./analysis/statistics/interval.ts";
export {
  holm,
  type PairedComparison,
  pairedComparisons,
} from "./analysis/statistics/paired_comparisons.ts";
export {
  type PairedDifference,
  pairedDifference,
} from "./analysis/statistics/paired_difference.ts";
export { apgdAttack } from "./attack/apgd.ts";
export {
  type Attack,
  type AttackResult,
  defineAttack,
  type Outcome,
  outcomeShares,
} from "./attack/attack.ts";
export type { AttackClasses, AttackContext } from "./attack/attack_input.ts";
export { type AttackPath, attackPath } from "./attack/attack_path.ts";
export { attackNamed, attacks } from "./attack/attacks.ts";
export { bssAttack, type BssAttackOptions } from "./attack/bss.ts";
export { carliniWagnerAttack } from "./attack/carlini_wagner.ts";
export { deepFoolAttack } from "./attack/deepfool.ts";
export { fabAttack } from "./attack/fab.ts";
export { noiseAttack } from "./attack/noise.ts";
export { fgsmAttack, pgdAttack } from "./attack/pgd.ts";
export { attackNormalised, pixelClassifier, toNormalised, toPixels } from "./attack/pixel_space.ts";
export { squareAttack } from "./attack/square.ts";
export { walk } from "./attack/walk.ts";
export { describeStartedBackend, startBackend } from "./backend/start_backend.ts";
export { type BackendRun, compareBackends } from "./bench/compare_backends.ts";
export { type StepRow, stepRows } from "./bench/step_rows.ts";
export type { Dataset, ImageSet } from "./data/dataset.ts";
export { loadDataset } from "./data/load_dataset.ts";
export { miniBatches } from "./data/mini_batches.ts";
export { pointImages, type PointSet } from "./data/point_set.ts";
export { takeImages } from "./data/stratified_subset.ts";
export { type Toy, toyNamed, toys } from "./data/toys.ts";
export {
  defineMethod,
  type DistillationMethod,
  type MethodDefinition,
  type StepContext,
} from "./distillation/method.ts";
export { methodNamed, methods } from "./distillation/methods.ts";
export { boundaryWeight, distillationWeight } from "./distillation/schedules.ts";
export { crossEntropy, softCrossEntropy } from "./distillation/soft_cross_entropy.ts";
export { DenseNetwork } from "./nn/dense_network.ts";
export { freeze } from "./nn/freeze.ts";
export {
  type FrozenClassifier,
  type FrozenNetwork,
  restrictPullback,
} from "./nn/frozen_classifier.ts";
export { FrozenDense } from "./nn/frozen_dense.ts";
export type { ImageNetwork } from "./nn/image_network.ts";
export { initialiseResNet } from "./nn/initialise.ts";
export type { Network, NetworkOutput } from "./nn/network.ts";
export { architectureFor } from "./nn/network_families.ts";
export { ResNet } from "./nn/resnet.ts";
export { Sgd } from "./nn/sgd.ts";
export { encodeResNet, readResNet } from "./nn/weights_file.ts";
export { flag, integer, number, oneOf, pixelBounds } from "./options.ts";
export { accuracyByStudent, accuracyWithErrorBars } from "./report/accuracy_by_student.ts";
export { accuracyOver } from "./report/accuracy_over.ts";
export { displayArquero, showArqueroTables } from "./report/arquero_table.ts";
export { attackGrid, gapPath } from "./report/attack_grid.ts";
export { clampShare, normAgainstGap } from "./report/boundary_artefact.ts";
export { boundaryPicture } from "./report/boundary_picture.ts";
export { boundaryTable } from "./report/boundary_table.ts";
export { cellProgress } from "./report/cell_progress.ts";
export { show } from "./report/display.ts";
export { displayTable } from "./report/display_table.ts";
export { figureDisplay } from "./report/figure_display.ts";
export { gainWithIntervals } from "./report/gain_intervals.ts";
export { denormalise, imageGrid, signedToRgb } from "./report/image_grid.ts";
export { learningCurves } from "./report/learning_curves.ts";
export { liveDisplay } from "./report/live_display.ts";
export { liveLearningCurves } from "./report/live_learning_curves.ts";
export { probabilityAlong } from "./report/probability_along.ts";
export { regionMaps } from "./report/region_map.ts";
export { reliabilityDiagram } from "./report/reliability_diagram.ts";
export { robustnessCurve } from "./report/robustness_curve.ts";
export { robustnessTable } from "./report/robustness_table.ts";
export { type NotebookVerdict, withVerdicts } from "./report/with_verdicts.ts";
export { selectBaseSamples } from "./selection/base_samples.ts";
export { sampleTargetClasses } from "./selection/target_classes.ts";
export { untilStopped } from "./stop/until_stopped.ts";
export { provenance, TFJS_VERSION } from "./store/provenance.ts";
export { ResultsFolder } from "./store/results_folder.ts";
export { findTeacher } from "./teacher/find.ts";
export { softmaxRows, topClasses } from "./tensors/rows.ts";
export { imageTensor, makeBatch } from "./training/batches.ts";
export { environmentOf } from "./training/environment.ts";
export { type Accuracy, evaluate, evaluateAccuracy } from "./training/evaluation.ts";
export { learningRateAt } from "./training/protocol.ts";
export { RandomStreams } from "./training/random_streams.ts";
export {
  datasetFor,
  type RunSpecification,
  type Scale,
  specifyRun,
} from "./training/run_specification.ts";
export { GradientAccumulator } from "./training/gradients.ts";
export { train } from "./training/train.ts";
export { trainOnPoints } from "./training/train_on_points.ts";
export { UserError } from "./user_error.ts";
