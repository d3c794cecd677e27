import { UserError } from "../../user_error.ts";

/** The display of a figure in a table row. */
export interface Measure {
  readonly title: string;
  readonly unit?: string;
  /** The factor from the figure to its unit. */
  readonly scale: number;
  readonly digits: number;
}

const percent = (title: string): Measure => ({ title, unit: "%", scale: 100, digits: 2 });
const plain = (title: string): Measure => ({ title, scale: 1, digits: 3 });

const MEASURES: Readonly<Record<string, Measure>> = {
  test_accuracy: percent("test accuracy"),
  test_top5_accuracy: percent("top-5 accuracy"),
  distance_ratio: plain("distance ratio"),
  distance_ratio_all: plain("distance ratio, all pairs"),
  ang_sim_box: plain("AngSim in the pixel box"),
  ang_sim_box_all: plain("AngSim in the pixel box, all pairs"),
  crossed_on_both_box: percent("crossed on both in the box"),
  agreement_on_teachers_bss_box: percent("agreement on BSS of common images, scale-free step"),
  mag_sim: plain("MagSim"),
  mag_sim_all: plain("MagSim, all pairs"),
  ang_sim: plain("the paper's AngSim"),
  ang_sim_all: plain("the paper's AngSim, all pairs"),
  ang_sim_from_clamp: plain("AngSim from the clamp"),
  crossed_on_both: percent("crossed on both"),
  agreement_on_teachers_bss: percent("agreement on BSS of common images"),
  agreement_test: percent("agreement with the teacher"),
  agreement_bss: percent("agreement with the teacher on BSS"),
  agreement_noise: percent("agreement with the teacher on noise"),
  kl_test: plain("KL from the teacher"),
  kl_bss: plain("KL from the teacher on BSS"),
  kl_noise: plain("KL from the teacher on noise"),
  ece_test: percent("calibration error"),
  ece_bss: percent("calibration error on BSS"),
  ece_noise: percent("calibration error on noise"),
  adaptive_ece_test: percent("adaptive calibration error"),
  adaptive_ece_bss: percent("adaptive calibration error on BSS"),
  adaptive_ece_noise: percent("adaptive calibration error on noise"),
  nll_test: plain("negative log-likelihood"),
  nll_bss: plain("negative log-likelihood on BSS"),
  nll_noise: plain("negative log-likelihood on noise"),
  robust_none: percent("clean"),
  min_distance_linf: { title: "median distance, L∞", unit: "1/255", scale: 1, digits: 3 },
  min_distance_l2: { title: "median distance, L2", unit: "pixels 0…1", scale: 1, digits: 3 },
  seconds: { title: "training", unit: "s", scale: 1, digits: 1 },
  teacher_images: { title: "through the teacher", unit: "thousand images", scale: 1e-3, digits: 1 },
  validation_accuracy: percent("validation accuracy"),
};

const ATTACKS: Readonly<Record<string, string>> = {
  fgsm: "FGSM",
  pgd20: "PGD-20",
  apgdensemble: "APGD",
};

/**
 * Finds a measure by its column: "test_accuracy", "robust_pgd20_linf_2", …
 *
 * @throws UserError for an unknown one
 */
export function measureNamed(name: string): Measure {
  if (Object.hasOwn(MEASURES, name)) return MEASURES[name];
  const [, attack, norm, epsilon] = /^robust_([^_]+)_(linf|l2)_([\d.]+)$/.exec(name) ?? [];
  if (!Object.hasOwn(ATTACKS, attack ?? "")) {
    throw new UserError(
      `there is no measure "${name}"; choose from ${Object.keys(MEASURES).join(", ")}, ` +
        `robust_<${Object.keys(ATTACKS).join("|")}>_<linf|l2>_<ε>`,
    );
  }
  const ball = norm === "linf" ? `L∞ ${epsilon}/255` : `L2 ${epsilon}`;
  return percent(`${ATTACKS[attack]}, ${ball}`);
}
