import { delimiter, join } from "node:path";
import { Kernel } from "./kernel.ts";
import { denoArguments } from "../commands/deno_arguments.ts";
import { findProgram } from "../../lib/files/find_program.ts";
import { PROJECT_ROOT } from "../../lib/files/project_root.ts";

const program = await findProgram(["jupyter-lab", "jupyter-notebook", "jupyter-server"]);

/** The reason why no server can start here, for the name of a test; null if one can. */
export const noJupyter = program
  ? null
  : "skipped: no jupyter-lab, jupyter-notebook or jupyter-server is installed";

/** A Jupyter server started like `deno task lab`, but without a browser. */
export class JupyterServer {
  readonly #process: Deno.ChildProcess;
  readonly #port: number;
  readonly #token: string;
  readonly #programs: string;

  private constructor(
    process: Deno.ChildProcess,
    port: number,
    token: string,
    programs: string,
  ) {
    this.#process = process;
    this.#port = port;
    this.#token = token;
    this.#programs = programs;
  }

  /** @param args further arguments of `lab` */
  static async start(...args: string[]): Promise<JupyterServer> {
    const port = freePort();
    const token = crypto.randomUUID();
    // Without JupyterLab another server takes its place, because the tests need no pages.
    const programs = await Deno.makeTempDir({ prefix: "bss-test-" });
    await Deno.symlink(program!, join(programs, "jupyter-lab"));
    const process = new Deno.Command(Deno.execPath(), {
      args: [
        ...denoArguments("lib/commands/lab.ts"),
        `--port=${port}`,
        "--no-browser",
        ...args,
      ],
      cwd: PROJECT_ROOT,
      env: {
        PATH: `${Deno.env.get("PATH")}${delimiter}${programs}`,
        JUPYTER_TOKEN: token,
        JUPYTER_NO_CONFIG: "1",
      },
      stdout: "null",
      stderr: "null",
    }).spawn();
    const server = new JupyterServer(process, port, token, programs);
    for (const start = Date.now(); !await server.#isUp();) {
      if (Date.now() - start > 60_000) throw new Error("Jupyter did not start within a minute");
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    return server;
  }

  /** Starts a kernel of the kind that notebooks use. */
  async startKernel(): Promise<Kernel> {
    const { id } = await this.ask("POST", "kernels", {}) as { id: string };
    const url = `ws://127.0.0.1:${this.#port}/api/kernels/${id}/channels?token=${this.#token}`;
    return await Kernel.connect(url, {
      interrupt: () => this.ask("POST", `kernels/${id}/interrupt`),
      shutDown: () => this.ask("DELETE", `kernels/${id}`),
    });
  }

  /** Sends a request to Jupyter's REST interface. */
  async ask(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`http://127.0.0.1:${this.#port}/api/${path}`, {
      method,
      headers: { Authorization: `token ${this.#token}` },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === "" ? null : JSON.parse(text);
  }

  async stop(): Promise<void> {
    this.#process.kill("SIGTERM");
    await this.#process.status;
    await Deno.remove(this.#programs, { recursive: true });
  }

  async #isUp(): Promise<boolean> {
    return await this.ask("GET", "status").then(() => true, () => false);
  }
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
