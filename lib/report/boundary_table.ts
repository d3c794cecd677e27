import type { BoundarySimilarity } from "../analysis/boundary/boundary_similarity.ts";
import type { Estimate } from "../analysis/statistics/estimate.ts";
import type { Displayable } from "./display.ts";
import { displayTable } from "./display_table.ts";

/** A student's name and the similarity of its boundary to the teacher's. */
export interface ComparedBoundary {
  readonly name: string;
  readonly similarity: BoundarySimilarity;
}

/** Makes a table with one line for each student. Distances are in normalised pixels. */
export function boundaryTable(
  rows: readonly ComparedBoundary[],
): Displayable {
  return displayTable({
    title: "How alike student's and teacher's boundaries are",
    columns: [
      { key: "name", title: "student" },
      { key: "magnitude", title: "MagSim", align: "right" },
      { key: "angle", title: "AngSim", align: "right" },
      { key: "both", title: "crossed on both", align: "right" },
      { key: "teacher", title: "distance, teacher", align: "right" },
      { key: "student", title: "distance, student", align: "right" },
      { key: "onTeachers", title: "same class on teacher's BSS", unit: "%", align: "right" },
      { key: "onStudents", title: "same class on student's BSS", unit: "%", align: "right" },
    ],
    rows: rows.map(({ name, similarity }) => ({
      name,
      magnitude: text(similarity.magnitude, 3),
      angle: text(similarity.angle, 3),
      both: `${similarity.crossed.both} of ${similarity.attacked}`,
      teacher: text(similarity.distance.teacher, 3),
      student: text(similarity.distance.student, 3),
      onTeachers: text(similarity.agreement.onTeachers, 1, 100),
      onStudents: text(similarity.agreement.onStudents, 1, 100),
    })),
    note: "95 % bootstrap intervals over the images",
  });
}

/** "0.871 [0.860, 0.882]" */
function text({ value, interval }: Estimate, digits: number, factor = 1): string | null {
  if (value === null) return null;
  const number = (x: number) => (factor * x).toFixed(digits);
  return interval ? `${number(value)} [${interval.map(number).join(", ")}]` : number(value);
}
