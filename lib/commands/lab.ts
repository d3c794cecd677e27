import { join, resolve } from "node:path";
import { runCommand } from "./command_line.ts";
import { findProgram } from "../files/find_program.ts";
import { PROJECT_ROOT } from "../files/project_root.ts";
import { notebooksNamed } from "../notebook/list_notebooks.ts";
import { jupyterPath, KERNEL, writeKernelSpec } from "../notebook/kernel_spec.ts";
import { UserError } from "../user_error.ts";

const command = {
  name: "lab",
  summary: "Opens the notebooks in JupyterLab, or Jupyter Notebook, with Deno as the kernel.\n" +
    "Stop ends the running computation and keeps every variable; the cell can be run again.",
  positionals: "[notebook] [-- option of Jupyter…]",
  options: {
    port: { value: "N", help: "the server's port (default: the first free one from 8888)" },
    "no-browser": { help: "only print the address" },
  },
} as const;

/** Programs to start, best first. `jupyter-server` alone has no page that opens notebooks. */
const PROGRAMS = ["jupyter-lab", "jupyter-notebook"];

if (import.meta.main) {
  await runCommand(command, Deno.args, async ({ positionals, options }) => {
    const folder = join(PROJECT_ROOT, ".cache", "jupyter");
    await writeKernelSpec(folder);
    const program = await findProgram(PROGRAMS);
    if (program === null) throw new UserError(await withoutJupyter(folder));
    const jupyter = new Deno.Command(program, {
      args: [
        `--MultiKernelManager.default_kernel_name=${KERNEL}`,
        ...options.port ? [`--port=${options.port}`] : [],
        ...options["no-browser"] ? ["--no-browser"] : [],
        // Without it Jupyter refuses to start as root, the usual user in a container.
        ...Deno.uid() === 0 ? ["--allow-root"] : [],
        ...await Promise.all(positionals.map(argumentFor)),
      ],
      cwd: join(PROJECT_ROOT, "notebooks"),
      env: { JUPYTER_PATH: jupyterPath(folder) },
    }).spawn();
    // Control-C also reaches Jupyter, which asks for confirmation.
    Deno.addSignalListener("SIGINT", () => {});
    if (Deno.build.os !== "windows") {
      Deno.addSignalListener("SIGTERM", () => jupyter.kill("SIGTERM"));
    }
    return (await jupyter.status).code;
  });
}

/** Makes a notebook's name or path absolute, since Jupyter starts in the folder of notebooks. */
async function argumentFor(word: string): Promise<string> {
  if (word.startsWith("-")) return word;
  return await notebooksNamed([word]).then(([path]) => resolve(path), () => word);
}

/** Writes the message for machines without a program that shows notebooks. */
async function withoutJupyter(folder: string): Promise<string> {
  const start = Deno.build.os === "windows"
    ? `$env:JUPYTER_PATH="${folder}"; code .`
    : `JUPYTER_PATH="${jupyterPath(folder)}" code .`;
  return `there is no JupyterLab here; this installs it:\n` +
    `  ${await installCommand()}\n` +
    `Or use VS Code with its extensions Jupyter and Deno. Start it in ${PROJECT_ROOT} with\n` +
    `  ${start}\n` +
    `Open a notebook, and select the kernel "Deno" (under "Jupyter Kernel").`;
}

async function installCommand(): Promise<string> {
  const installer = await findProgram(Deno.build.os === "darwin" ? ["brew"] : ["apt-get"]);
  if (installer === null) return "python3 -m pip install --user jupyterlab";
  if (Deno.build.os === "darwin") return "brew install jupyterlab";
  return `${Deno.uid() === 0 ? "" : "sudo "}apt-get install jupyterlab`;
}
