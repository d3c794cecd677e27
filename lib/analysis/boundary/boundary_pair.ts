import * as tf from "@tensorflow/tfjs";
import type { BoundaryPoint } from "./boundary_point.ts";
import type { BssAttackOptions } from "../../attack/bss.ts";
import { clampPixels } from "../../attack/pixel_space.ts";
import { type FrozenClassifier, readLogits } from "../../nn/frozen_classifier.ts";
import { topClasses } from "../../tensors/rows.ts";

/**
 * Boundary supporting samples of the same image and target class on teacher and student; p_t and p_s
 * are their perturbations.
 */
export interface BoundaryPair {
  /** True for each network whose sample reached the target class. */
  readonly crossed: { readonly teacher: boolean; readonly student: boolean };
  /** MagSim of the pair, min(‖p_t‖, ‖p_s‖)/max(‖p_t‖, ‖p_s‖), 0…1; null if one is zero. */
  readonly magnitude: number | null;
  /** AngSim of the pair, the cosine ⟨p_t, p_s⟩/(‖p_t‖ ‖p_s‖), −1…1 up to rounding; null if one is zero. */
  readonly angle: number | null;
  /** Distances to each network's boundary along its own perturbation; see `BoundaryPoint`. */
  readonly distance: { readonly teacher: number | null; readonly student: number | null };
  /** The smaller of these distances divided by the larger, 0…1; null if one is missing. */
  readonly distanceRatio: number | null;
  /** The L2 norm of each network's perturbation, in normalised pixels. */
  readonly norms: { readonly teacher: number; readonly student: number };
  /** The lead of the base class over the target class on the image, in each network's logits. */
  readonly gaps: { readonly teacher: number; readonly student: number };
  /**
   * The part of `angle` from pixels that lie beyond the clamp on the image itself: both attacks move
   * them back alike, wherever the boundaries are. Null if `angle` is.
   */
  readonly angleFromClamp: number | null;
  /** True if both networks put the teacher's, or the student's, sample in the same class. */
  readonly agreement: { readonly onTeachers: boolean; readonly onStudents: boolean };
}

/** A network, and its boundary supporting samples. */
interface Side {
  readonly classifier: FrozenClassifier;
  readonly points: readonly BoundaryPoint[];
}

/**
 * Compares the boundary supporting samples of the same images on two networks.
 *
 * @param images `[n, h, w, c]`, normalised
 * @param clamp the clamp of the attacks
 */
export async function boundaryPairs(
  images: tf.Tensor4D,
  teacher: Side,
  student: Side,
  clamp: BssAttackOptions["clamp"],
): Promise<BoundaryPair[]> {
  const clamped = clampPixels(images, clamp);
  const [pixels, within] = [await images.data(), await clamped.data()];
  clamped.dispose();
  const onTeachers = await topOn(teacher.points, student.classifier, images.shape);
  const onStudents = await topOn(student.points, teacher.classifier, images.shape);
  return teacher.points.map((ofTeacher, i) => {
    const ofStudent = student.points[i];
    const size = ofTeacher.sample.length;
    // ⟨p_t, p_s⟩, and its part from pixels beyond the clamp
    let [product, productBeyond] = [0, 0];
    for (let k = 0, pixel = i * size; k < size; k++, pixel++) {
      const both = (ofTeacher.sample[k] - pixels[pixel]) * (ofStudent.sample[k] - pixels[pixel]);
      product += both;
      if (pixels[pixel] !== within[pixel]) productBeyond += both;
    }
    const [smaller, larger] = [ofTeacher.norm, ofStudent.norm].toSorted((a, b) => a - b);
    const cosine = (inner: number) => smaller > 0 ? inner / (smaller * larger) : null;
    return {
      crossed: { teacher: ofTeacher.crossed, student: ofStudent.crossed },
      magnitude: smaller > 0 ? smaller / larger : null,
      angle: cosine(product),
      distance: { teacher: ofTeacher.distance, student: ofStudent.distance },
      distanceRatio: ratioOf(ofTeacher.distance, ofStudent.distance),
      norms: { teacher: ofTeacher.norm, student: ofStudent.norm },
      gaps: { teacher: ofTeacher.gap, student: ofStudent.gap },
      angleFromClamp: cosine(productBeyond),
      agreement: {
        onTeachers: onTeachers[i] === ofTeacher.top,
        onStudents: onStudents[i] === ofStudent.top,
      },
    };
  });
}

/** Computes the smaller of two distances divided by the larger; null if one is missing. */
function ratioOf(one: number | null, other: number | null): number | null {
  return one === null || other === null ? null : Math.min(one, other) / Math.max(one, other);
}

/** Gives the class that a network puts each sample in. */
async function topOn(
  points: readonly BoundaryPoint[],
  classifier: FrozenClassifier,
  shape: tf.Tensor4D["shape"],
): Promise<ArrayLike<number>> {
  const pixels = new Float32Array(shape.reduce((product, size) => product * size));
  points.forEach(({ sample }, i) => pixels.set(sample, i * sample.length));
  const logits = await readLogits(classifier, () => tf.tensor4d(pixels, shape));
  return topClasses(logits, classifier.classes);
}
