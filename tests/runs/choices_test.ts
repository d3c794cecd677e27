import { assertEquals, assertThrows } from "@std/assert";
import {
  choiceArguments,
  choiceOptions,
  parseChoices,
  reproduceCommand,
} from "../../lib/runs/choices.ts";
import type { PlanChoices } from "../../lib/runs/plan.ts";
import { parseCommandLine } from "../../lib/commands/command_line.ts";
import { UserError } from "../../lib/user_error.ts";

Deno.test("--student-precision sets an option of the protocol, float32 none, and no option is set twice", () => {
  const setBy = (...words: string[]) => {
    const { options } = parseCommandLine({ name: "x", summary: "", options: choiceOptions }, words);
    return parseChoices(options).set;
  };
  const bf16 = { protocol: { studentPrecision: "bf16" } };
  assertEquals(setBy("--student-precision", "bf16"), bf16);
  assertEquals(setBy("--student-precision", "bf16", "--set", "bss.eta=1"), {
    bss: { eta: 1 },
    ...bf16,
  });
  assertEquals(setBy("--student-precision", "f32"), {});
  for (
    const [words, twin] of [
      [["--student-precision", "f32"], "protocol.studentPrecision=bf16"],
      [["--attack", "fgsm"], "bss.attack=noise"],
    ] as const
  ) {
    const message = `--${words.join(" ").slice(2)} and --set ${twin} set the same option`;
    assertThrows(() => setBy(...words, "--set", twin), UserError, message);
  }
});

const cases: PlanChoices[] = [
  { scale: "quick", teacherPrecision: "f32" },
  {
    scale: "paper",
    dataset: "cifar10",
    fractions: [0.2, 1],
    students: ["resnet8"],
    methods: ["original", "bss"],
    seeds: [2],
    attack: "fgsm",
    teacherPrecision: "bf16",
    set: { bss: { eta: 0.1, mode: "paper" }, protocol: { epochs: 20 } },
  },
  { scale: "smoke", seeds: [1, 3], teacherPrecision: "f32" },
  { scale: "smoke", set: { bss: { eta: 2 } }, beside: true, teacherPrecision: "f32" },
  { scale: "smoke", set: { bss: { targetRule: "least likely" } }, teacherPrecision: "f32" },
];

Deno.test("parseChoices() reads back the options that choiceArguments() writes", () => {
  for (const choices of cases) {
    const words = choiceArguments(choices);
    const { options } = parseCommandLine({ name: "x", summary: "", options: choiceOptions }, words);
    const parsed = Object.entries(parseChoices(options));
    const given = parsed.filter(([, value]) =>
      value !== undefined && JSON.stringify(value) !== "{}"
    );
    assertEquals(Object.fromEntries(given), { ...choices });
  }
});

Deno.test("reproduceCommand() quotes the words that a shell would split or change", () => {
  const set = { bss: { targetRule: "least likely" } };
  const choices: PlanChoices = { scale: "smoke", methods: ["attention+hinton"], set };
  assertEquals(
    reproduceCommand("table5", choices, "the author's runs"),
    "deno task reproduce table5 --scale smoke --methods attention+hinton " +
      "--set 'bss.targetRule=least likely' --results 'the author'\\''s runs'",
  );
});
