import { assertAlmostEquals, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { boundarySimilarity } from "../../../lib/analysis/boundary/boundary_similarity.ts";
import { linearClassifier } from "../../classifiers.ts";
import { onUsableBackends } from "../../on_every_backend.ts";

/** Two half planes: class 1 lies in the direction of `degrees`. `scale` is that of the logits. */
function halfPlanes(degrees: number, scale: number) {
  const angle = degrees * Math.PI / 180;
  const [x, y] = [scale * Math.cos(angle), scale * Math.sin(angle)];
  return linearClassifier([-x, x, -y, y], [0, 0]);
}

/** Compares two half planes from the point (−1, 0), which both put in class 0. */
async function compared(options: Parameters<typeof boundarySimilarity>[3]) {
  // The teacher's boundary is at a distance of 1, the student's of cos 60° = 0.5.
  const [teacher, student] = [halfPlanes(0, 1), halfPlanes(60, 3)];
  const images = tf.tensor4d([-1, 0], [1, 1, 1, 2]);
  const found = await boundarySimilarity(teacher, student, { images, labels: [0] }, options);
  images.dispose();
  return { ...found, pair: found.pairs[0] };
}

onUsableBackends("a boundary pair has the gaps, norms and distances of its planes", async () => {
  const { pair, distanceRatio, angle, overAll } = await compared({ step: "newton", eta: 1 });
  assertEquals(pair.crossed, { teacher: true, student: true });
  assertAlmostEquals(pair.gaps.teacher, 2, 1e-6);
  assertAlmostEquals(pair.gaps.student, 3, 1e-6);
  assertAlmostEquals(pair.norms.teacher, 1, 1e-3);
  assertAlmostEquals(pair.norms.student, 0.5, 1e-3);
  assertAlmostEquals(pair.distanceRatio!, 0.5, 1e-3);
  assertAlmostEquals(pair.angle!, 0.5, 1e-6);
  assertEquals(pair.angleFromClamp, 0);
  assertEquals(distanceRatio.value, pair.distanceRatio);
  assertEquals([overAll.distanceRatio.value, overAll.angle.value], [
    pair.distanceRatio,
    angle.value,
  ]);
});

onUsableBackends(
  "with the published step the norms follow the gaps, the distances don't",
  async () => {
    // Long enough for one step to cross both boundaries.
    const { pair, norm, gap, distance, agreement } = await compared({ eta: 0.6 });
    assertAlmostEquals(pair.norms.teacher, 0.6 * 2, 1e-3);
    assertAlmostEquals(pair.norms.student, 0.6 * 3, 1e-3);
    assertAlmostEquals(pair.magnitude!, 2 / 3, 1e-3);
    assertAlmostEquals(pair.distanceRatio!, 0.5, 1e-3);
    // Both put the teacher's sample in class 1, but the teacher leaves the student's in class 0.
    assertEquals(pair.agreement, { onTeachers: true, onStudents: false });
    assertEquals([agreement.onTeachers.value, agreement.onStudents.value], [1, 0]);
    const means = [[norm, pair.norms], [gap, pair.gaps], [distance, pair.distance]] as const;
    for (const [found, of] of means) {
      assertEquals([found.teacher.value, found.student.value], [of.teacher, of.student]);
    }
  },
);

onUsableBackends(
  "the part of AngSim that the clamp makes is that of pixels beyond it",
  async () => {
    // The first pixel, −1, lies beyond −0.9, and both attacks move it.
    const { pair, angleFromClamp } = await compared({ step: "newton", eta: 1, clamp: [-0.9, 5] });
    assertAlmostEquals(pair.angle!, 0.5, 1e-6);
    assertAlmostEquals(pair.angleFromClamp!, 0.5, 1e-6);
    assertEquals(angleFromClamp.value, pair.angleFromClamp);
  },
);

onUsableBackends("pairs that did not cross count over all pairs alone", async () => {
  // A hundredth of the way: no sample crosses.
  const found = await compared({ step: "newton", eta: 0.01, maxSteps: 1 });
  assertEquals(found.crossed, { teacher: 0, student: 0, both: 0 });
  assertEquals([found.angle.value, found.distanceRatio.value], [null, null]);
  assertAlmostEquals(found.overAll.angle.value!, 0.5, 1e-4);
  // The boundary is more than four perturbations away.
  assertEquals(found.overAll.distanceRatio, { value: null, interval: null, n: 0 });
});

onUsableBackends("bounds by channel keep the samples of each channel in its own", async () => {
  // The first channel may only move to −0.5, so that the teacher's sample stops short.
  const clamp = [[-2, -2], [-0.5, 2]] as const;
  const { pair } = await compared({ step: "newton", eta: 1, clamp });
  assertEquals(pair.crossed, { teacher: false, student: true });
  assertAlmostEquals(pair.norms.teacher, 0.5, 1e-6);
  assertAlmostEquals(pair.norms.student, 0.5, 1e-3);
});
