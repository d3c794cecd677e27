import { epsilonText, NORM_NAMES } from "../analysis/robustness/budget.ts";
import { doubtsOf, type RobustAccuracy } from "../analysis/robustness/robust_accuracy.ts";
import type { RobustnessRow } from "../analysis/robustness/robustness_row.ts";
import type { Interval } from "../analysis/statistics/interval.ts";
import type { Displayable } from "./display.ts";
import { displayTable } from "./display_table.ts";

/**
 * Makes a table with one line for each attack and ball. The first line is without an attack.
 * Below the table are the stages of the attacks that have several, and warnings.
 */
export function robustnessTable(
  found: RobustAccuracy,
  title = "Accuracy under attack",
): Displayable {
  const { clean, rows } = found;
  // Several rows may share a warning.
  const doubts = [...new Set(doubtsOf(found))];
  const notes = [
    ...rows.filter(({ broken }) => Object.keys(broken).length > 1).map(stagesText),
    ...(doubts.length === 0 ? [] : [`Doubtful: ${doubts.join(". ")}.`]),
  ];
  return displayTable({
    title,
    columns: [
      { key: "attack", title: "attack" },
      { key: "norm", title: "norm" },
      { key: "epsilon", title: "ε", align: "right" },
      { key: "accuracy", title: "accuracy", unit: "%", align: "right" },
      { key: "interval", title: "95 % interval", unit: "%", align: "right" },
      { key: "images", title: "images" },
    ],
    rows: [
      { attack: "none", norm: null, epsilon: null, ...shares(clean), images: clean.images },
      ...rows.map((row) => ({
        attack: row.attack,
        norm: NORM_NAMES[row.norm],
        epsilon: epsilonText(row),
        ...shares(row),
        images: row.images,
      })),
    ],
    note: notes.length === 0 ? undefined : notes.join(" "),
  });
}

/** Says how many images each stage of an attack broke. */
function stagesText(row: RobustnessRow): string {
  const stages = Object.entries(row.broken).map(([stage, images]) => `${stage} broke ${images}`);
  return `${row.attack}, ${NORM_NAMES[row.norm]} ${epsilonText(row)}: ${stages.join(", ")}.`;
}

function shares(
  { accuracy, interval }: { readonly accuracy: number; readonly interval: Interval | null },
): { readonly accuracy: string | null; readonly interval: string | null } {
  const percent = (share: number) => (100 * share).toFixed(1);
  return {
    accuracy: interval && percent(accuracy),
    interval: interval && `[${interval.map(percent).join(", ")}]`,
  };
}
