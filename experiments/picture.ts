import { gains } from "../lib/runs/report/figure_rows.ts";
import { commandFor } from "../lib/runs/report/experiment_report.ts";
import { openReport } from "./experiments.ts";
import { collectTable } from "../lib/runs/table/result_table.ts";
import { summarise } from "../lib/runs/table/summary.ts";
import { runCommand } from "../lib/commands/command_line.ts";
import { writeAtomically } from "../lib/files/write_atomically.ts";
import { gainWithIntervals } from "../lib/report/gain_intervals.ts";
import { renderPng } from "../lib/report/static_picture.ts";
import { UserError } from "../lib/user_error.ts";

const RESULTS = "results/cifar10-onednn";
const FILE = `${RESULTS}/table1-fifth.png`;
/** The part of Table 1 in the picture. */
const PART = {
  scale: "paper",
  fractions: [0.2],
  students: ["resnet8"],
  methods: ["original", "hinton", "fitnet", "attention", "fsp", "bss"],
  teacherPrecision: "bf16",
} as const;
const WIDTH = 900;

const command = {
  name: "picture",
  summary: `Draws the picture of the README, ${FILE}, from the results beside it.`,
  options: {},
} as const;

if (import.meta.main) {
  await runCommand(command, Deno.args, async () => {
    const report = await openReport("table1", { ...PART, results: RESULTS });
    const { experiment, folder, plan } = report;
    const { rows, missing } = await collectTable(folder, plan);
    if (missing.length > 0) {
      throw new UserError(`${missing.length} runs are missing; ${commandFor(report)}`);
    }
    const { reference } = experiment;
    const figure = gainWithIntervals(gains(summarise(rows, experiment)), { reference });
    const picture = await renderPng(figure, { width: WIDTH, height: figure.layout.height });
    if (!picture) {
      throw new UserError("there is no Chromium to draw with; run apt-get install chromium");
    }
    await writeAtomically(FILE, picture);
    console.log(FILE);
    return 0;
  });
}
