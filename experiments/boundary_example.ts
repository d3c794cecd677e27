import seedrandom from "seedrandom";
import { type ClassRegions, classRegions } from "../lib/analysis/class_regions.ts";
import { bssAttack } from "../lib/attack/bss.ts";
import { startBackend } from "../lib/backend/start_backend.ts";
import { pointImages } from "../lib/data/point_set.ts";
import { toyNamed } from "../lib/data/toys.ts";
import { methodNamed } from "../lib/distillation/methods.ts";
import { FrozenDense } from "../lib/nn/frozen_dense.ts";
import { boundaryPicture } from "../lib/report/boundary_picture.ts";
import { selectBaseSamples } from "../lib/selection/base_samples.ts";
import { gatherRows } from "../lib/tensors/rows.ts";
import { trainOnPoints } from "../lib/training/train_on_points.ts";
import type { AnyTrace, Figure } from "../lib/report/figure.ts";

/** Draws boundary supporting samples in the plane, as `notebooks/boundary-2d.ipynb` makes them. */
export async function drawBoundary(): Promise<Figure<AnyTrace>> {
  await startBackend("wasm");
  const draw = (name: string) => seedrandom(name) as () => number;
  const moons = toyNamed("moons");
  const { student: network } = await trainOnPoints({
    points: moons.make(400, draw("points of the teacher")),
    method: methodNamed("original"),
    teacher: null,
    hidden: [64, 64],
    seed: 0,
    protocol: { epochs: 60, batchSize: 50 },
  });
  const teacher = new FrozenDense(network);
  const points = moons.make(30, draw("points of student 1"));
  const attack = { step: "newton", eta: 1 } as const;

  const students: Record<string, ClassRegions> = {};
  for (const [name, options] of [["original", {}], ["bss", attack]] as const) {
    const { student } = await trainOnPoints({
      points,
      method: methodNamed(name),
      options,
      teacher,
      hidden: [16, 16],
      seed: 1,
      protocol: { epochs: 80, batchSize: 10, learningRate: 0.03 },
    });
    students[name] = await classRegions(new FrozenDense(student));
  }

  const images = pointImages(points);
  const logits = teacher.logits(images);
  const { indices } = await selectBaseSamples(logits, logits, points.labels, { rule: "all" });
  const labels = indices.map((index) => points.labels[index]);
  const base = gatherRows(images, indices);
  const { samples } = await bssAttack(teacher, base, { labels }, attack);
  return boundaryPicture(
    {
      teacher: await classRegions(teacher),
      students,
      points,
      attacked: { base: await base.data(), samples: await samples.data() },
    },
    "Boundary supporting samples of two moons",
  );
}
