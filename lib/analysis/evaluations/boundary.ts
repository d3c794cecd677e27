import { type Evaluation, type Measurement, measurement, remembered } from "./evaluation.ts";
import type { BoundaryPoint } from "../boundary/boundary_point.ts";
import { boundarySimilarity, boundarySimilarityOptions } from "../boundary/boundary_similarity.ts";
import { wilsonInterval } from "../statistics/interval.ts";
import { pixelBox } from "../../attack/pixel_space.ts";
import { imageTensor } from "../../training/batches.ts";
import { integer } from "../../options.ts";
import { testSample } from "../../training/run_specification.ts";

const { count: _, ...similarityOptions } = boundarySimilarityOptions;

const options = {
  /** The largest number of test images; those that both networks get right are attacked. */
  images: integer(1000, { min: 1 }),
  /** The options of the attack are for MagSim and AngSim as the paper defines them. */
  ...similarityOptions,
};

/**
 * The similarity of the boundaries of teacher and student: `boundarySimilarity` on test images.
 *
 * The primary measures are the ratio of the distances to the boundary and the cosine between
 * perturbations, made with the scale-free step within the pixel box ("box"). The paper's
 * definitions stand beside them: with the published step, MagSim compares logit gaps more than
 * distances, and its clamp moves pixels on both networks alike.
 */
export const boundary: Evaluation<typeof options> = {
  name: "boundary",
  options,
  // Two attacks: three steps forward and back on each network, and the search for the boundary in
  // each direction.
  passes: ({ images }) => ({ student: 50 * images, teacher: 50 * images }),
  async measure({ images: count, ...settings }, { student, teacher, dataset, memory = new Map() }) {
    const sample = testSample(dataset, count);
    const images = imageTensor(dataset, sample, Array.from(sample.labels.keys()));
    try {
      const set = { images, labels: sample.labels };
      const paper = { ...settings, count: sample.count };
      const inBox = { ...paper, step: "newton", eta: 1, clamp: pixelBox(dataset) } as const;
      const compared = async (options: typeof paper) => {
        const key = `boundary ${JSON.stringify(options)}`;
        const noPoints = () => Promise.resolve(new Map<number, BoundaryPoint>());
        const teachersPoints = await remembered(memory, key, noPoints);
        return await boundarySimilarity(teacher, student, set, options, { teachersPoints });
      };
      const box = await compared(inBox);
      const found = await compared(paper);
      const measurements = [
        measurement("distance_ratio", box.distanceRatio),
        measurement("distance_ratio_all", box.overAll.distanceRatio),
        measurement("ang_sim_box", box.angle),
        measurement("ang_sim_box_all", box.overAll.angle),
        crossedOnBoth("crossed_on_both_box", box),
        measurement("agreement_on_teachers_bss_box", box.agreement.onTeachers),
        measurement("mag_sim", found.magnitude),
        measurement("mag_sim_all", found.overAll.magnitude),
        measurement("ang_sim", found.angle),
        measurement("ang_sim_all", found.overAll.angle),
        measurement("ang_sim_from_clamp", found.angleFromClamp),
        crossedOnBoth("crossed_on_both", found),
        measurement("agreement_on_teachers_bss", found.agreement.onTeachers),
        measurement("agreement_on_students_bss", found.agreement.onStudents),
        measurement("distance_teacher", found.distance.teacher),
        measurement("distance_student", found.distance.student),
        measurement("norm_teacher", found.norm.teacher),
        measurement("norm_student", found.norm.student),
        measurement("gap_teacher", found.gap.teacher),
        measurement("gap_student", found.gap.student),
      ];
      return { measurements };
    } finally {
      images.dispose();
    }
  },
};

function crossedOnBoth(
  measure: string,
  { attacked, crossed }: { readonly attacked: number; readonly crossed: { readonly both: number } },
): Measurement {
  const value = attacked > 0 ? crossed.both / attacked : null;
  return measurement(measure, {
    value,
    interval: wilsonInterval(crossed.both, attacked),
    n: attacked,
  });
}
