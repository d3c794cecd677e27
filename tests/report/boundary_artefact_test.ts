import { assertAlmostEquals, assertEquals } from "@std/assert";
import { clampShare, normAgainstGap } from "../../lib/report/boundary_artefact.ts";

const teachers = { gap_teacher: 10, norm_teacher: 3.1, distance_teacher: 0.5 };
const students = { gap_student: 4, norm_student: 1.3, distance_student: 0.4 };

Deno.test("normAgainstGap() shows norms and distances of students and teacher, and the line η·gap", () => {
  const runs = [{ method: "bss", figures: { ...teachers, ...students } }];
  const { data } = normAgainstGap(runs);
  assertEquals(data.map(({ name, x, y }) => [name, x, y]), [
    ["bss, norm", [4], [1.3]],
    ["bss, distance", [4], [0.4]],
    ["teacher, norm", [10], [3.1]],
    ["teacher, distance", [10], [0.5]],
    ["η·gap, η = 0.3", [0, 10], [0, 3]],
  ]);
  assertEquals(data[1].marker!.symbol, `${data[0].marker!.symbol}-open`);
});

Deno.test("normAgainstGap() leaves out runs that were not measured", () => {
  const runs = [{ method: "bss", figures: { ...teachers, ...students, norm_student: null } }];
  assertEquals(normAgainstGap(runs).data.map(({ name }) => name), [
    "teacher, norm",
    "teacher, distance",
    "η·gap, η = 0.3",
  ]);
  assertEquals(normAgainstGap([{ method: "bss", figures: {} }]).data, []);
  assertEquals(normAgainstGap([]).data, []);
});

Deno.test("clampShare() is the clamp's part of AngSim in percent, by method and seed", () => {
  const run = (method: string, ang_sim: number | null, ang_sim_from_clamp: number | null) => ({
    method,
    figures: { ang_sim, ang_sim_from_clamp },
  });
  const runs = [
    ...[run("original", 0.2, 0.1), run("original", 0.2, 0.05), run("bss", 0.4, 0.1)],
    ...[run("bss", null, null), run("bss", 0.4, null), run("bss", 0, 0.1), run("bss", -0.1, 0.1)],
    { method: "hinton", figures: {} },
  ];
  const [original, originalSeeds, bss, bssSeeds] = clampShare(runs).data;
  assertAlmostEquals(original.y[0]!, 37.5, 1e-9);
  assertEquals(originalSeeds.y, [50, 25]);
  assertAlmostEquals(bss.y[0]!, 25, 1e-9);
  assertEquals(bssSeeds.y, [25]);
  assertEquals(clampShare([]).data, []);
});
