import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { denoArguments } from "./deno_arguments.ts";
import { runDeno } from "./run_task.ts";
import { JupyterServer, noJupyter } from "../notebooks/jupyter_server.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";
import { onWindows, testUnless } from "../test_unless.ts";

const LAB = "lib/commands/lab.ts";

/** Runs the command with only these programs on the search path. */
async function lab(programs: Record<string, string>, ...args: string[]) {
  const output = { code: -1, stdout: "", stderr: "" };
  await withTemporaryFolder(async (folder) => {
    for (const [name, script] of Object.entries(programs)) {
      await Deno.writeTextFile(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    }
    const env = { PATH: folder, JUPYTER_PATH: "/elsewhere", BSS_WITHOUT: "" };
    Object.assign(output, await runDeno([...denoArguments(LAB), ...args], env));
  });
  return output;
}

Deno.test("lab names the one command that installs JupyterLab, and VS Code's way", async () => {
  const { code, stderr } = await lab({});
  assertEquals(code, 2);
  assertMatch(stderr, /^error: there is no JupyterLab here; this installs it:\n.*jupyterlab\n/);
  assertMatch(stderr, /\n {2}JUPYTER_PATH=".*jupyter.*" code \.\n/);
  const withApt = await lab({ "apt-get": "" });
  if (Deno.build.os === "linux") assertMatch(withApt.stderr, /\n {2}(sudo )?apt-get install /);
});

testUnless(
  onWindows,
  "lab does not start a bare server without a page for notebooks, but names JupyterLab",
  async () => {
    const { code, stdout, stderr } = await lab({ "jupyter-server": "echo started" });
    assertEquals([code, stdout], [2, ""]);
    assertMatch(stderr, /^error: there is no JupyterLab here; this installs it:\n.*jupyterlab\n/);
  },
);

testUnless(
  onWindows,
  "lab starts the best installed Jupyter in the folder of notebooks, with its kernel first",
  async () => {
    const script = `echo "$0 $@"; echo "$PWD"; echo "$JUPYTER_PATH"; exit 7`;
    const programs = { "jupyter-notebook": script, "jupyter-lab": script };
    const args = ["--port", "1234", "table1", "--no-browser", "--", "--debug"];
    const { code, stdout } = await lab(programs, ...args);
    const [line, folder, path] = stdout.split("\n");
    assertEquals(code, 7);
    assertStringIncludes(line, "jupyter-lab --MultiKernelManager.default_kernel_name=deno");
    assertMatch(
      line,
      / --port=1234 --no-browser (--allow-root )?\S*\/notebooks\/table1\.ipynb --debug$/,
    );
    assertMatch(folder, /notebooks\/?$/);
    assertMatch(path, /jupyter:\/elsewhere$/);
  },
);

Deno.test({
  name: `lab's kernel is the default, and is interrupted by a message${
    noJupyter ? ` (${noJupyter})` : ""
  }`,
  ignore: noJupyter !== null,
  fn: async () => {
    const server = await JupyterServer.start();
    try {
      const found = await server.ask("GET", "kernelspecs") as {
        default: string;
        kernelspecs: Record<string, { spec: { argv: string[]; interrupt_mode: string } }>;
      };
      const { argv, interrupt_mode } = found.kernelspecs[found.default].spec;
      assertEquals(argv[0], Deno.execPath());
      assertEquals(interrupt_mode, "message");
    } finally {
      await server.stop();
    }
  },
});
