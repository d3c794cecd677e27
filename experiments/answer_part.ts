import { FIVE_SEEDS, ON_A_FIFTH, tableOf } from "./cifar10_tables.ts";
import { markdownVerdicts } from "./markdown_verdicts.ts";
import { signedText } from "../lib/report/minus_signs.ts";
import { type VerdictLine, verdictLines } from "../lib/runs/report/verdict_words.ts";
import { summarise } from "../lib/runs/table/summary.ts";
import { type Verdict, verdicts } from "../lib/runs/table/verdicts.ts";

/**
 * The rows of the answer, the main claims first: an experiment, a claim that it decides, and the share
 * of the images if it is not a fifth. Other claims are shown once they are decided.
 */
const ANSWER: readonly (readonly [experiment: string, statement: string, fraction?: number])[] = [
  ["table1", "BSS beat training on labels alone"],
  ["table1", "BSS beat Hinton's distillation"],
  ["table1", "BSS beat training on labels alone", 1],
  ["table1", "BSS beat Hinton's distillation", 1],
  ["figure-data", "The gain of BSS over labels alone grows as data shrink"],
  ["table4", "BSS carry over directions better than Hinton's distillation"],
  ["boundary-step", "Samples on the boundary teach more than those of the published step"],
  ["robustness", "BSS make a student more robust than labels alone"],
];

/** The claims that a sentence after the table names, once they are decided. */
const OTHERS: readonly (readonly [experiment: string, statement: string, short?: string])[] = [
  ["table1", "BSS beat FitNet"],
  ["table1", "BSS beat attention transfer"],
  ["table1", "BSS beat FSP"],
  ["table1", "BSS beat attention transfer with Hinton's distillation"],
  [
    "table5",
    "Base samples by difference are better than random ones",
    "the paper's choice of images against a random one",
  ],
  [
    "table5",
    "Target classes by probability are better than random ones",
    "its target classes",
  ],
];

/** The beginning of the claims about other methods. */
const BEAT = "BSS beat ";

/** Says what the results on a fifth of CIFAR-10 answer. */
export async function answerPart(): Promise<string> {
  const decided = new Map<string, Verdict[]>();
  for (const name of new Set([...ANSWER, ...OTHERS].map(([name]) => name))) {
    const { experiment, rows } = await tableOf(name, { fractions: [0.2, 1] });
    decided.set(name, verdicts(experiment, rows));
  }
  const verdictOn = (name: string, statement: string, fraction = 0.2) => {
    const verdict = decided.get(name)!.find(({ claim }) =>
      claim.statement === statement && claim.place.scale === "paper" &&
      claim.place.dataset === "cifar10" && claim.place.student === ON_A_FIFTH.students[0] &&
      claim.place.fraction === fraction
    );
    if (!verdict) throw new Error(`${name} decides no claim "${statement}"`);
    return verdict;
  };
  const found = ANSWER.map((row) => verdictOn(...row));
  const others = verdictLines(
    OTHERS.map(([name, claim]) => verdictOn(name, claim)).filter(isDecided),
  );
  const isBeaten = ({ claim, verdict }: VerdictLine) =>
    claim.startsWith(BEAT) && verdict === "holds";
  const tuned = `; ${await gainOverTunedAttention()} with a tuned weight`;
  const beaten = others.filter(isBeaten).map(({ claim, difference }, index) => {
    const name = claim.slice(BEAT.length);
    const also = name === "attention transfer" ? tuned : "";
    return `${name} (${unitOnce(difference, index)}${also})`;
  });
  const [labels, hinton] = found.map(({ difference: { mean } }) =>
    `**${Math.abs(mean).toFixed(2)} points ${mean < 0 ? "below" : "above"}**`
  );
  const lead = leadOf(found.slice(0, 2));
  const robust = found.find(({ claim }) => claim.experiment === "robustness")!;
  const price = robust.kind === "opposite" ? ", and their students are easier to fool" : "";
  return [
    `**${lead}** On a fifth of CIFAR-10, students with BSS are ${labels} labels alone, and ${hinton} ` +
    `Hinton's distillation (ResNet26 → ResNet8). But BSS take ${await costOfBss()} ` +
    `times as many passes through the teacher as Hinton's distillation${price}. ` +
    `${await onAllImages()} [Claims](experiments/claims.ts) were listed before these runs; ` +
    "[one rule](experiments/README.md#verdicts) decides:",
    "",
    markdownVerdicts(found.filter((verdict, index) => index < 2 || isDecided(verdict))),
    "",
    "Test accuracy, a fifth of images, unless noted ([Arrow files](results/cifar10)). " +
    "AngSim: mean cosine between teacher's and student's perturbations to the boundary. Pixel box: valid " +
    "pixels, 0…1. APGD: accuracy on 256 test images under auto-PGD; reviews of the paper claim a gain. " +
    "FSP: flow of the solution procedure. " +
    "The published step ends past the boundary.",
    "",
    `Also (${FIVE_SEEDS.length} seeds):`,
    "",
    ...(beaten.length > 0 ? [`- With default weights, ${BEAT}${beaten.join(", ")}.`] : []),
    ...[...Map.groupBy(others.filter((line) => !isBeaten(line)), ({ verdict }) => verdict)]
      .map(([verdict, lines]) =>
        `- ${verdict[0].toUpperCase()}${verdict.slice(1)}: ${lines.map(shortly).join(", ")}.`
      ),
    ...await elsewhere(),
  ].join("\n");
}

/** Says what became of the two main claims in float32 and with a larger student, where they are decided. */
async function elsewhere(): Promise<string[]> {
  const tables = {
    "in float32": await tableOf("precision", { set: {} }),
    "with ResNet14 students (3 seeds)": await tableOf("table1", {
      students: ["resnet14"],
      methods: ["original", "hinton", "bss"],
      seeds: [1, 2, 3],
    }),
  };
  const found = Object.entries(tables).flatMap(([where, { experiment, rows }]) => {
    const decided = verdicts(experiment, rows).filter((verdict) =>
      verdict.claim.place.scale === "paper" && !verdict.claim.compares && isDecided(verdict)
    );
    const lines = verdictLines(decided).map(({ difference, verdict }, index) =>
      `${unitOnce(difference, index)} (${verdict})`
    );
    return lines.length === 2 ? [`${where} ${lines.join(", ")}`] : [];
  });
  if (found.length === 0) return [];
  return [`- BSS against labels alone, and Hinton's distillation: ${found.join("; ")}.`];
}

/** Says how accurate students of all images are, over the planned seeds. */
async function onAllImages(): Promise<string> {
  const methods = ["original", "hinton", "bss"];
  const { experiment, rows } = await tableOf("table1", {
    fractions: [1],
    methods,
    seeds: FIVE_SEEDS,
  });
  const found = summarise(rows, experiment);
  const [labels, hinton, bss] = found.map(({ mean }) => `${mean.toFixed(2)} %`);
  const papers = found.map(({ student, method }) => experiment.paper![student][method].toFixed(2));
  return `On all images, labels alone reach ${labels}, Hinton's distillation ${hinton} and BSS ${bss} ` +
    `(${FIVE_SEEDS.length} seeds; the paper: ${papers.join(", ")}).`;
}

/** Computes how many passes through the teacher BSS take for each of Hinton's distillation. */
async function costOfBss(): Promise<string> {
  const { rows } = await tableOf("table1", { methods: ["hinton", "bss"] });
  const [hinton, bss] = summarise(rows, { reference: "hinton", measures: ["teacher_images"] });
  return (bss.mean / hinton.mean).toFixed(1);
}

/** Computes how far BSS are ahead of attention transfer with the weight that part t of the plan chose. */
async function gainOverTunedAttention(): Promise<string> {
  const { rows } = await tableOf("table1", {
    seeds: FIVE_SEEDS,
    parts: [
      { methods: ["bss"] },
      { methods: ["attention"], set: { ...ON_A_FIFTH.set, attention: { weight: 100 } } },
    ],
  });
  const summary = summarise(rows, { reference: "bss", measures: ["test_accuracy"] });
  const [gain] = summary.flatMap(({ gain }) => gain ?? []);
  return signedText(-gain.mean);
}

/** Says a claim of `OTHERS` in a few words, with its difference. */
function shortly({ claim, difference }: VerdictLine, index: number): string {
  const [, , short] = OTHERS.find(([, statement]) => statement === claim)!;
  return `${short ?? claim} (${unitOnce(difference, index)})`;
}

/** Names the unit in the first entry of a list only. */
function unitOnce(difference: string | null, index: number) {
  return index === 0 ? difference : difference?.replace(" points", "");
}

function isDecided({ adjustedP }: Verdict): boolean {
  return adjustedP !== null;
}

/** Answers the question in a word or two, from the verdicts on the paper's two main claims. */
function leadOf(main: readonly Verdict[]): string {
  const kinds = main.map(({ kind }) => kind);
  if (kinds.every((kind) => kind === "holds")) return "Yes.";
  if (kinds.includes("holds")) return "In part.";
  const isNo = kinds.every((kind) => kind === "opposite" || kind === "no difference");
  return isNo ? "No." : "Not settled yet.";
}
