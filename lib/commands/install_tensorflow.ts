import { dirname, join } from "node:path";
import { createRequire } from "node:module";
import { exists } from "../files/exists.ts";

/** The package whose library computes with CUDA. */
const PACKAGE = "@tensorflow/tfjs-node-gpu";

/** The folders that its install script makes: libtensorflow, and the addon that calls it. */
const PARTS = ["deps", "lib"] as const;

export interface InstallOptions {
  /** The folder that the package is loaded from. */
  readonly folder?: string;
  /** Runs the package's install script in a new project and returns the package's folder there. */
  readonly runScript?: (project: string, version: string) => Promise<string>;
}

/** Returns true if the native part is installed. */
export async function hasTensorflow(folder = packageFolder()): Promise<boolean> {
  for (const part of PARTS) if (!await exists(join(folder, part))) return false;
  return true;
}

/**
 * Runs the install script of `tfjs-node-gpu`, which downloads libtensorflow and an addon for Node,
 * and moves the result into the package's folder. Deno runs such scripts only in a project with a
 * folder `node_modules`, so the script runs in a temporary project beside the package.
 *
 * @throws Error with the script's own complaint
 */
export async function installTensorflow(
  { folder = packageFolder(), runScript = runInstallScript }: InstallOptions = {},
): Promise<void> {
  const { version } = JSON.parse(await Deno.readTextFile(join(folder, "package.json")));
  const project = await Deno.makeTempDir({ dir: dirname(folder), prefix: ".install-" });
  try {
    const made = await runScript(project, version);
    for (const part of PARTS) {
      if (!await exists(join(made, part))) {
        throw new Error(`the install script of ${PACKAGE} made no folder "${part}"`);
      }
    }
    for (const part of PARTS) {
      await Deno.remove(join(folder, part), { recursive: true }).catch(() => {});
      await Deno.rename(join(made, part), join(folder, part));
    }
  } finally {
    await Deno.remove(project, { recursive: true });
  }
}

/** Finds the package in Deno's cache, or in `node_modules` if a user has turned that on. */
function packageFolder(): string {
  return dirname(createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`));
}

async function runInstallScript(project: string, version: string): Promise<string> {
  const write = (name: string, content: unknown) =>
    Deno.writeTextFile(join(project, name), JSON.stringify(content));
  await write("deno.json", { nodeModulesDir: "auto" });
  await write("package.json", { dependencies: { [PACKAGE]: version } });
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["install", `--allow-scripts=npm:${PACKAGE}@${version}`],
    cwd: project,
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  if (!success) {
    throw new Error(
      `the install script of ${PACKAGE} failed: ` +
        complaintIn(new TextDecoder().decode(stderr)),
    );
  }
  return await Deno.realPath(join(project, "node_modules", PACKAGE));
}

/**
 * Finds the script's own error, else the last line. Errors of other programs follow the script's.
 */
function complaintIn(text: string): string {
  const lines = text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  return lines.find((line) => line.startsWith("error: Uncaught"))
    ?.replace(/^error: Uncaught (\(in promise\) )?(Error: )?/, "") ?? lines.at(-1) ?? "no reason";
}
