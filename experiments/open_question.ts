import { FIVE_SEEDS, tableOf } from "./cifar10_tables.ts";
import { formatMarkdownTable } from "../lib/report/cell.ts";
import { withMinusSigns } from "../lib/report/minus_signs.ts";
import { verdictLines } from "../lib/runs/report/verdict_words.ts";
import { summarise } from "../lib/runs/table/summary.ts";
import { verdicts } from "../lib/runs/table/verdicts.ts";

/** A claim about other samples in the place of BSS: their name, and whether they are as long. */
const CLAIM = /^BSS teach more than (?:samples of )?(.+?)(?:'s samples)?( of the same length)?$/;

/** Writes the accuracy with BSS and without samples, and the decided claims about other samples. */
export async function openQuestion(): Promise<string> {
  const { experiment, rows } = await tableOf("table3", { seeds: FIVE_SEEDS });
  const decided = verdictLines(
    verdicts(experiment, rows).filter(({ adjustedP }) => adjustedP !== null),
  );
  const cells = new Map<string, { own: string; same: string }>();
  for (const { claim, difference, interval, verdict } of decided) {
    const [, samples, isSame] = CLAIM.exec(claim) ?? [];
    if (samples === undefined) continue;
    const points = `${difference!.replace(" points", "")} ${withMinusSigns(interval!)}`;
    const cell = verdict === "not settled" ? points : `${points}, ${verdict}`;
    cells.set(samples, {
      own: "–",
      same: "–",
      ...cells.get(samples),
      [isSame ? "same" : "own"]: cell,
    });
  }
  const isSettled = decided.some(({ verdict }) => verdict !== "not settled");
  const found = summarise(rows, experiment);
  const [withBss, without] = ["bss", "none (hinton)"].map((label) =>
    `${found.find(({ method }) => method === label)!.mean.toFixed(2)} %`
  );
  return [
    `On a fifth of CIFAR-10 (${FIVE_SEEDS.length} seeds), students with BSS reach ${withBss}, with ` +
    `Hinton's distillation ${without}. Gain of BSS over other ` +
    `samples, points [adjusted interval]; ${
      isSettled ? "not settled unless noted" : "none is settled"
    }:`,
    "",
    formatMarkdownTable(
      ["samples", "their own length", "as long as BSS"],
      [...cells].map(([samples, { own, same }]) => [samples, own, same]),
    ),
    "",
    "FGSM: fast gradient sign method. L2 minimisation: Carlini and Wagner's attack.",
  ].join("\n");
}
