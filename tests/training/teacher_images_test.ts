import { assert, assertEquals } from "@std/assert";
import { onFastBackends } from "../on_every_backend.ts";
import { outcomeOf } from "./outcome_of.ts";
import { smallSpecification, withFolder } from "./small_run.ts";

onFastBackends("train() counts the images that went through the teacher", async (backend) => {
  const counted = async (method: string) =>
    (await outcomeOf(smallSpecification(method), backend)).rows
      .map((row) => ({ images: row.teacher_images, row }));
  assertEquals((await counted("original")).map(({ images }) => images), [0, 0]);
  for (const method of ["hinton", "attention"]) {
    assertEquals((await counted(method)).map(({ images }) => images), [20, 20]);
  }
  // Each step of an attacked sample is a backward and a forward pass.
  for (const { images, row } of await counted("bss")) {
    const steps = Math.round(Number(row.attacked) * Number(row.mean_attack_steps));
    assert(Number(row.epoch) === 2 || steps > 0);
    assertEquals(images, 20 + 2 * steps);
  }
});

onFastBackends("train() counts images from the cache as computed", async (backend) => {
  await withFolder(async (folder) => {
    const specification = smallSpecification("hinton");
    const teacherCache = { folder, mebibytes: 16 };
    await outcomeOf(specification, backend, { teacherCache });
    const { rows } = await outcomeOf(specification, backend, { teacherCache });
    assert(Number(rows[1].teacher_cached) > 0);
    assertEquals(rows.map((row) => row.teacher_images), [20, 20]);
  });
});
