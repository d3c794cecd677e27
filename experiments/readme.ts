import { join } from "node:path";
import { answerPart } from "./answer_part.ts";
import { drawBoundary } from "./boundary_example.ts";
import { FIVE_SEEDS, tableOf } from "./cifar10_tables.ts";
import { markdownVerdicts } from "./markdown_verdicts.ts";
import { notebookAnswers } from "./notebook_answers.ts";
import { openQuestion } from "./open_question.ts";
import { hoursOfPlan } from "./plan_of_runs.ts";
import { speedPart, speedTables } from "./speed_parts.ts";
import { runCommand } from "../lib/commands/command_line.ts";
import { PROJECT_ROOT } from "../lib/files/project_root.ts";
import { writeAtomically } from "../lib/files/write_atomically.ts";
import type { AnyTrace, Figure } from "../lib/report/figure.ts";
import { gainWithIntervals } from "../lib/report/gain_intervals.ts";
import { numberText } from "../lib/report/minus_signs.ts";
import { renderPng } from "../lib/report/static_picture.ts";
import { gains } from "../lib/runs/report/figure_rows.ts";
import { summarise } from "../lib/runs/table/summary.ts";
import { verdicts } from "../lib/runs/table/verdicts.ts";
import { UserError } from "../lib/user_error.ts";

const PICTURES = { gains: drawGains, boundary: drawBoundary };
const WIDTH = 900;

const command = {
  name: "readme",
  summary: "Writes the generated parts of the READMEs from results/, and draws their figures.",
  options: {},
} as const;

if (import.meta.main) {
  await runCommand(command, Deno.args, async () => {
    for (const [file, parts] of Object.entries(await generatedParts())) {
      const path = join(PROJECT_ROOT, file);
      let text = await Deno.readTextFile(path);
      for (const [name, part] of Object.entries(parts)) text = withPart(text, name, part);
      await writeAtomically(path, text);
      console.log(file);
    }
    const folder = join(PROJECT_ROOT, "results/pictures");
    await Deno.mkdir(folder, { recursive: true });
    for (const [name, draw] of Object.entries(PICTURES)) {
      const figure = await draw();
      const picture = await renderPng(figure, { width: WIDTH, height: figure.layout.height });
      if (!picture) {
        throw new UserError("there is no Chromium to draw with; apt-get install chromium");
      }
      await writeAtomically(join(folder, `${name}.png`), picture);
      console.log(`results/pictures/${name}.png`);
    }
    return 0;
  });
}

/** Makes the generated parts of each README by name. */
export async function generatedParts(): Promise<Record<string, Record<string, string>>> {
  const speed = JSON.parse(await Deno.readTextFile(join(PROJECT_ROOT, "results/bench.json")));
  return {
    "README.md": {
      answer: await answerPart(),
      open: await openQuestion(),
      speed: speedPart(speed),
    },
    "experiments/README.md": { hours: await hoursOfPlan() },
    "notebooks/README.md": { answers: await notebookAnswers() },
    "lib/backend/README.md": { speed: speedTables(speed), precision: await precisionPart() },
  };
}

/**
 * Replaces the part between `<!-- name -->` and `<!-- /name -->`.
 *
 * @throws UserError if the text has no such part
 */
export function withPart(text: string, name: string, part: string): string {
  const [start, end] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`];
  const [from, to] = [text.indexOf(start), text.indexOf(end)];
  if (from < 0 || to < from) throw new UserError(`the README has no part ${start.trim()} … ${end}`);
  return `${text.slice(0, from + start.length)}${part}\n${text.slice(to)}`;
}

/** Says what bfloat16 costs a student, as far as it is measured, and what BSS gain in each precision. */
async function precisionPart(): Promise<string> {
  const { experiment, rows } = await tableOf("precision", { set: {}, seeds: FIVE_SEEDS });
  const found = verdicts(experiment, rows).filter(({ claim }) => claim.place.scale === "paper");
  const gainOver = (method: string) => {
    const summary = summarise(rows, { reference: `${method}, bf16`, measures: ["test_accuracy"] });
    return numberText(summary.find(({ method }) => method === "bss, bf16")!.gain!.mean);
  };
  const [labels, hinton] = ["original", "hinton"].map(gainOver);
  return [
    markdownVerdicts(found),
    "",
    "The third claim was listed when its result was known, the fourth before its runs. " +
    `In bfloat16, with the same seeds, BSS are ${labels} points above labels alone, and ${hinton} ` +
    "above Hinton's distillation.",
  ].join("\n");
}

async function drawGains(): Promise<Figure<AnyTrace>> {
  const methods = ["original", "hinton", "fitnet", "attention", "attention+hinton", "fsp", "bss"];
  const { experiment, rows } = await tableOf("table1", { methods });
  // The interval of one or two seeds would be wider than all others together.
  const summary = summarise(rows, experiment).filter(({ seeds }) => seeds.length > 2);
  return gainWithIntervals(gains(summary), { reference: experiment.reference });
}
