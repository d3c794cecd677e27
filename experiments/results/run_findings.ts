import type { Finding } from "./finding.ts";
import type { StoredRun } from "./stored_result.ts";
import { nameFault } from "../table/result_fault.ts";
import { methods } from "../../lib/distillation/methods.ts";
import { resultFile } from "../../lib/store/results_folder.ts";

/** Whether a run is the one that its name says, and has all of its epochs. */
export function runFindings(run: StoredRun): Finding[] {
  return [nameFinding(run), epochFinding(run)].filter((finding) => finding !== null);
}

function nameFinding(run: StoredRun): Finding | null {
  const message = nameFault(run.name, run.metadata);
  return message === null ? null : { file: resultFile(run.name), kind: "damaged", message };
}

function epochFinding({ name, specification, rows, metadata }: StoredRun): Finding | null {
  const file = resultFile(name);
  const method = methods.find((candidate) => candidate.name === specification.method);
  if (!method) {
    return {
      file,
      kind: "incomplete",
      message: "its epochs cannot be checked, since this version has no method " +
        `"${specification.method}"; check them with the version that made it, ${metadata.commit}`,
    };
  }
  const expected = method.stages(specification.options, specification.protocol.epochs)
    .flatMap((stage) => Array<string>(stage.epochs).fill(stage.name))
    .map((stage, index) => `epoch ${index + 1} of stage "${stage}"`);
  const found = rows.map(({ epoch, stage }) => `epoch ${epoch} of stage "${stage}"`);
  const wrong = (expected.length > found.length ? expected : found)
    .findIndex((_, row) => expected[row] !== found[row]);
  return wrong < 0 ? null : {
    file,
    kind: "damaged",
    message: `its row ${wrong} must be ${expected[wrong] ?? "none"}, but is ` +
      `${found[wrong] ?? "missing"}; delete that file and \`deno task reproduce\` makes it again`,
  };
}
