import { chooseAssertLibrary } from "./assert_library.ts";
import { runCommand } from "./command_line.ts";
import { findCuda } from "./find_cuda.ts";
import { installOneDnn } from "./install_onednn.ts";
import { hasTensorflow, installTensorflow } from "./install_tensorflow.ts";
import { asUserError } from "../as_user_error.ts";
import { backends } from "../backend/backends.ts";
import { searchLibrary } from "../backend/onednn/find_library.ts";
import { whyNot } from "../backend/start_backend.ts";
import { dataFolder } from "../data/data_source.ts";
import { exists } from "../files/exists.ts";
import { findChromium } from "../report/find_chromium.ts";
import { formatTextTable } from "../report/cell.ts";
import { UserError } from "../user_error.ts";

const command = {
  name: "setup",
  summary: "Shows what this machine has, and the commands that install what is missing.\n" +
    "Installs oneDNN into the user's cache folder if it is missing and apt has it; needs no root.\n" +
    "The first steps need none of this: the embedded images and the wasm backend are enough.",
  options: {
    gpu: { help: "install libtensorflow with CUDA (about 400 MB) after asking, and look for CUDA" },
    yes: { help: "do not ask" },
  },
} as const;

/** One line of the table. */
interface Finding {
  readonly what: string;
  readonly state: string;
  /** Its use, or the way to get it. */
  readonly remark: string;
}

const TENSORFLOW = "libtensorflow";

if (import.meta.main) {
  await runCommand(command, Deno.args, async ({ options }) => {
    const oneDnn = await provideOneDnn();
    const findings = [
      oneDnn,
      ...options.gpu ? [await provideTensorflow(options.yes), ...findGpuLibraries()] : [],
      ...await findBackends(),
      await orProblem("@std/assert from JSR", findAssertLibrary),
      await orProblem("Chromium", findBrowser),
      await findData(),
    ];
    console.log(
      formatTextTable(
        ["what", "here", "remark"],
        findings.map(({ what, state, remark }) => [what, state, remark]),
      ),
    );
    const isMissing = findings.some(({ what, state }) => what === TENSORFLOW && state === "no");
    return isMissing ? 1 : 0;
  });
}

/** Finds something; if that fails, the reason is its remark. */
async function orProblem(what: string, find: () => Promise<Finding>): Promise<Finding> {
  try {
    return await find();
  } catch (error) {
    const told = asUserError(error);
    if (!(told instanceof UserError)) throw error;
    return { what, state: "no", remark: told.message };
  }
}

/** Finds oneDNN's library, or installs it. Runs before the backends, because one needs it. */
async function provideOneDnn(): Promise<Finding> {
  const what = "oneDNN library";
  try {
    const library = searchLibrary();
    if (library !== null) return { what, state: "yes", remark: library };
    console.error("oneDNN is missing; installing it if apt has it …");
    return { what, state: "yes", remark: `${await installOneDnn()}, just installed` };
  } catch (error) {
    return { what, state: "no", remark: (error as Error).message };
  }
}

/** Finds libtensorflow, or installs it. Runs before the backends, because one needs it. */
async function provideTensorflow(isAgreed: boolean): Promise<Finding> {
  const what = TENSORFLOW;
  if (await hasTensorflow()) return { what, state: "yes", remark: "installed" };
  const question =
    "The install script of @tensorflow/tfjs-node-gpu downloads about 400 MB and runs " +
    "with all permissions. Run it?";
  if (!isAgreed && !confirm(question)) {
    return {
      what,
      state: "no",
      remark: "not installed, because the question was not answered with y; --yes skips it",
    };
  }
  try {
    await installTensorflow();
    return { what, state: "yes", remark: "just installed" };
  } catch (error) {
    return { what, state: "no", remark: (error as Error).message };
  }
}

function findGpuLibraries(): Finding[] {
  return findCuda().map(({ what, file, remedy }) => ({
    what,
    state: file === null ? "no" : "yes",
    remark: file ?? remedy,
  }));
}

async function findBackends(): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const backend of backends) {
    const { name, summary } = backend;
    const reason = await whyNot(backend);
    findings.push({
      what: `backend ${name}`,
      state: reason === null ? "yes" : "no",
      remark: reason ?? summary,
    });
  }
  return findings;
}

async function findAssertLibrary(): Promise<Finding> {
  const { isStandIn, description } = await chooseAssertLibrary();
  const state = isStandIn ? "no" : "yes";
  return { what: "@std/assert from JSR", state, remark: `tests use ${description}` };
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
