import { gains } from "./report/figure_rows.ts";
import { openReport } from "./report/experiment_report.ts";
import { collectTable } from "./table/result_table.ts";
import { summarise } from "./table/summary.ts";
import { runCommand } from "../lib/commands/command_line.ts";
import { writeAtomically } from "../lib/files/write_atomically.ts";
import { gainWithIntervals } from "../lib/report/gain_intervals.ts";
import { renderPng } from "../lib/report/static_picture.ts";
import { UserError } from "../lib/user_error.ts";

const RESULTS = "results/reference-onednn";
const FILE = `${RESULTS}/table1-quick.png`;
const WIDTH = 900;

const command = {
  name: "picture",
  summary: `Draws the picture of the README, ${FILE}, from the results beside it.`,
  options: {},
} as const;

if (import.meta.main) {
  await runCommand(command, Deno.args, async () => {
    const { experiment, folder, plan } = await openReport("table1", {
      scale: "quick",
      results: RESULTS,
    });
    const { rows, missing } = await collectTable(folder, plan);
    if (missing.length > 0) {
      throw new UserError(
        `${missing.length} runs are missing; deno task reproduce table1 --results ${RESULTS}`,
      );
    }
    const { reference } = experiment;
    const figure = gainWithIntervals(gains(summarise(rows, experiment)), { reference });
    const picture = await renderPng(figure, { width: WIDTH, height: figure.layout.height });
    if (!picture) {
      throw new UserError("there is no Chromium to draw with; apt-get install chromium");
    }
    await writeAtomically(FILE, picture);
    console.log(FILE);
    return 0;
  });
}
