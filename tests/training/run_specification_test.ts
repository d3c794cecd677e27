import { assertEquals, assertMatch, assertNotEquals, assertThrows } from "@std/assert";
import {
  canonicalJson,
  describeDifference,
  labelledPrecision,
  runName,
  specifyRun,
  teacherLabel,
} from "../../lib/training/run_specification.ts";
import { resolveOptions } from "../../lib/options.ts";
import { protocolOptions } from "../../lib/training/protocol.ts";
import { methodNamed } from "../../lib/distillation/methods.ts";
import { UserError } from "../../lib/user_error.ts";
import { smallDataset, smallSpecification } from "./small_run.ts";

Deno.test("canonicalJson() does not depend on the order of keys", () => {
  assertEquals(
    canonicalJson({ b: [1, { d: 1, c: 2 }], a: null }),
    '{"a":null,"b":[1,{"c":2,"d":1}]}',
  );
});

Deno.test("labelledPrecision() reads what teacherLabel() wrote", () => {
  const teacher = { name: "cifar10-resnet26", hash: "0" };
  assertEquals(teacherLabel(teacher), "cifar10-resnet26");
  assertEquals(labelledPrecision(teacherLabel(teacher)), undefined);
  const rounded = teacherLabel({ ...teacher, precision: "bf16" });
  assertEquals([rounded, labelledPrecision(rounded)], ["cifar10-resnet26, bf16", "bf16"]);
});

Deno.test("runName() is readable, and different for every specification", () => {
  const name = runName(smallSpecification());
  assertMatch(name, /^quarters-resnet8x0\.25-bss-smoke-seed1-[0-9a-f]{10}$/);
  assertEquals(name, runName(smallSpecification()));
  assertNotEquals(name, runName(smallSpecification("bss", { options: { eta: 0.9 } })));
  assertNotEquals(name, runName(smallSpecification("bss", { epochs: 4 })));
});

Deno.test("runName() has later options of the protocol in its hash, unless they are at their defaults", () => {
  const nameWith = (options: Record<string, unknown>) => {
    const specification = smallSpecification();
    const given = { ...specification.protocol, ...options };
    const protocol = resolveOptions("protocol", protocolOptions, given);
    return runName({ ...specification, protocol });
  };
  assertEquals(nameWith({ studentPrecision: "f32", evaluateEvery: 1 }), nameWith({}));
  assertNotEquals(nameWith({ studentPrecision: "bf16" }), nameWith({}));
  assertNotEquals(nameWith({ evaluateEvery: 2 }), nameWith({}));
});

Deno.test("describeDifference() gives one line per value that differs", () => {
  assertEquals(describeDifference({ a: 1, b: { c: 2 } }, { a: 1, b: { c: 3 }, d: null }), [
    "b.c: 2 → 3",
    "d: undefined → null",
  ]);
  assertEquals(describeDifference({ a: [1, 2] }, { a: [1, 2] }), []);
});

Deno.test("specifyRun() takes a teacher where the method needs one, and the protocol's defaults", () => {
  const dataset = smallDataset();
  const teacher = { name: "a teacher", hash: "0", precision: "bf16" } as const;
  const method = methodNamed("hinton");
  const choices = { dataset, teacher, method, fraction: 0.5, seed: 3, protocol: { epochs: 4 } };
  const { protocol, ...rest } = specifyRun(choices);
  assertEquals(rest, {
    dataset: {
      name: dataset.name,
      fingerprint: dataset.fingerprint,
      fraction: 0.5,
      testImages: null,
    },
    teacher,
    student: "resnet8",
    method: "hinton",
    options: specifyRun({ dataset, teacher, method }).options,
    scale: "quick",
    seed: 3,
  });
  assertEquals(protocol, resolveOptions("protocol", protocolOptions, { epochs: 4 }));
  assertEquals(specifyRun({ ...choices, method: methodNamed("original") }).teacher, null);
  const wrong = { ...choices, options: { etta: 1 } };
  assertThrows(() => specifyRun(wrong), UserError, 'no option "etta"');
  const faults: readonly [object, string][] = [
    [{ studnet: "resnet14" }, 'specifyRun has no choice "studnet"; choose from dataset, teacher'],
    [{ student: "resnet9" }, "resnet9"],
    [{ fraction: 2 }, "the fraction of a set is 2"],
    [{ fraction: "0.2" }, 'the fraction of a set is "0.2", but must be above 0'],
    [{ method: "bss" }, 'the method is bss; give a method, as methodNamed("bss")'],
    [{ dataset: undefined }, 'specifyRun needs a dataset, as await loadDataset("cifar10")'],
    [{ teacher: undefined }, "give what findTeacher() returns"],
    [{ teacher: { classes: 10 } }, "specifyRun needs the teacher's name and hash"],
    [{ seed: NaN }, "the seed is NaN, but must be a whole number from 1"],
    [{ seed: "1" }, 'the seed is "1", but must be a whole number from 1'],
  ];
  for (const [fault, message] of faults) {
    assertThrows(() => specifyRun({ ...choices, ...fault }), UserError, message);
  }
});
