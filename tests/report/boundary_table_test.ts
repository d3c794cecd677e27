import { assertStringIncludes } from "@std/assert";
import type { BoundarySimilarity } from "../../lib/analysis/boundary/boundary_similarity.ts";
import { boundaryTable } from "../../lib/report/boundary_table.ts";
import { bundleOf } from "../../lib/report/display.ts";

Deno.test("boundaryTable() shows each student's values, with intervals where there are any", async () => {
  const some = { value: 0.8712, interval: [0.86, 0.882] as const, n: 9 };
  const none = { value: null, interval: null, n: 0 };
  const similarity: BoundarySimilarity = {
    qualifying: 12,
    attacked: 10,
    crossed: { teacher: 10, student: 9, both: 9 },
    magnitude: some,
    angle: none,
    distanceRatio: some,
    angleFromClamp: none,
    overAll: { magnitude: some, angle: some, distanceRatio: some },
    norm: { teacher: some, student: some },
    gap: { teacher: some, student: some },
    distance: {
      teacher: some,
      student: { value: 1.5, interval: null, n: 1 },
    },
    agreement: { onTeachers: some, onStudents: none },
    pairs: [],
  };
  const { "text/plain": text } = await bundleOf(boundaryTable([{ name: "bss", similarity }]));
  assertStringIncludes(text as string, "0.871 [0.860, 0.882]");
  assertStringIncludes(text as string, "9 of 10");
  assertStringIncludes(text as string, "1.500");
  assertStringIncludes(text as string, "87.1 [86.0, 88.2]");
});
