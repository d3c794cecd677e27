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
const similarity = (title: string): Measure => ({ title, scale: 1, digits: 3 });

const MEASURES: Readonly<Record<string, Measure>> = {
  test_accuracy: percent("test accuracy"),
  test_top5_accuracy: percent("top-5 accuracy"),
  mag_sim: similarity("MagSim"),
  ang_sim: similarity("AngSim"),
  crossed_on_both: percent("crossed on both"),
  robust_none: percent("clean"),
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
