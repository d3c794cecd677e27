import { chooseAssertLibrary } from "./assert_library.ts";
import { runCommand } from "./command_line.ts";
import { backends } from "../backend/backends.ts";
import { startBackend } from "../backend/start_backend.ts";
import { dataFolder } from "../data/data_folder.ts";
import { exists } from "../data/read_data_file.ts";
import { findChromium } from "../report/find_chromium.ts";
import { findProgram } from "../files/find_program.ts";
import { formatTextTable } from "../report/text_table.ts";

const command = {
  name: "setup",
  summary:
    "Looks at what this machine has, and says for what is missing the command that brings it.\n" +
    "Nothing here is needed for the first steps: the embedded images and the wasm backend are enough.",
  options: {},
} as const;

/** One line of the table. */
interface Finding {
  readonly what: string;
  readonly state: string;
  /** What it is for, or how to get it. */
  readonly remark: string;
}

if (import.meta.main) {
  await runCommand(command, Deno.args, async () => {
    const findings = [
      ...await findBackends(),
      await findAssertLibrary(),
      await findJupyter(),
      await findBrowser(),
      await findData(),
    ];
    console.log(
      formatTextTable(
        ["what", "here", "remark"],
        findings.map(({ what, state, remark }) => [what, state, remark]),
      ),
    );
    return 0;
  });
}

async function findBackends(): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { name, summary } of backends) {
    const reason = await startBackend(name).then(() => null, (error: Error) => error.message);
    findings.push({
      what: `backend ${name}`,
      state: reason === null ? "yes" : "no",
      remark: reason === null ? summary : reason.split("\n").at(-1)!.replace(`${name}: `, ""),
    });
  }
  return findings;
}

async function findAssertLibrary(): Promise<Finding> {
  const { denoArguments, description } = await chooseAssertLibrary();
  const state = denoArguments.length === 0 ? "yes" : "no";
  return { what: "@std/assert from JSR", state, remark: `tests use ${description}` };
}

async function findJupyter(): Promise<Finding> {
  const found = await findProgram(["jupyter-nbconvert"]) !== null;
  return {
    what: "Jupyter",
    state: found ? "yes" : "no",
    remark: found
      ? "notebooks can be executed"
      : "for notebooks: apt-get install jupyter-nbconvert python3-nbclient, or pip install jupyter",
  };
}

async function findBrowser(): Promise<Finding> {
  const path = await findChromium();
  return {
    what: "Chromium",
    state: path ? "yes" : "no",
    remark: path
      ? "figures get static pictures"
      : "for static pictures of figures: apt-get install chromium, or set $CHROMIUM",
  };
}

async function findData(): Promise<Finding> {
  const folder = dataFolder();
  return {
    what: "data folder",
    state: await exists(folder) ? "yes" : "no",
    remark: `${folder} (--data or $BSS_DATA to change); missing data sets are downloaded to it`,
  };
}
