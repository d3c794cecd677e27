import { type Evaluation, type Measurement, testSample } from "./evaluation.ts";
import { boundarySimilarity, boundarySimilarityOptions } from "../boundary/boundary_similarity.ts";
import type { Estimate } from "../boundary/estimate.ts";
import { wilsonInterval } from "../statistics/interval.ts";
import { imageTensor } from "../../training/batches.ts";
import { integer } from "../../options.ts";

const { count: _, ...similarityOptions } = boundarySimilarityOptions;

const options = {
  /** The largest number of test images; those that both networks get right are attacked. */
  images: integer(1000, { min: 1 }),
  ...similarityOptions,
};

/** The similarity of the boundaries of teacher and student: `boundarySimilarity` on test images. */
export const boundary: Evaluation<typeof options> = {
  name: "boundary",
  options,
  // Three steps forward and back on each network, and the search for the boundary in each direction.
  passes: ({ images }) => ({ student: 25 * images, teacher: 25 * images }),
  async measure({ images: count, ...settings }, { student, teacher, dataset }) {
    const sample = testSample(dataset, count);
    const images = imageTensor(dataset, sample, Array.from(sample.labels.keys()));
    try {
      const set = { images, labels: sample.labels };
      const of = { ...settings, count: sample.count };
      const found = await boundarySimilarity(teacher, student, set, of);
      const { attacked, crossed } = found;
      const measurements = [
        measured("mag_sim", found.magnitude),
        measured("ang_sim", found.angle),
        {
          measure: "crossed_on_both",
          value: attacked > 0 ? crossed.both / attacked : null,
          ...ends(attacked > 0 ? wilsonInterval(crossed.both, attacked) : null),
          n: attacked,
        },
        measured("agreement_on_teachers_bss", found.agreement.onTeachers),
        measured("agreement_on_students_bss", found.agreement.onStudents),
        measured("distance_teacher", found.distance.teacher),
        measured("distance_student", found.distance.student),
      ];
      return { measurements };
    } finally {
      images.dispose();
    }
  },
};

function measured(measure: string, { value, interval, n }: Estimate): Measurement {
  return { measure, value, ...ends(interval), n };
}

function ends(interval: Estimate["interval"]): Pick<Measurement, "low" | "high"> {
  const [low, high] = interval ?? [null, null];
  return { low, high };
}
