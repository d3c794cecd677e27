import { assert, assertEquals, assertRejects } from "@std/assert";
import { setTimeout as delay } from "node:timers/promises";
import { PROJECT_ROOT } from "../../lib/files/project_root.ts";
import { STOP_LINE, StopLine } from "../../lib/stop/stop_line.ts";
import { stopPoint, untilStopped } from "../../lib/stop/until_stopped.ts";

/** Work that goes on until it is stopped. */
const ENDLESS = `untilStopped(undefined, async () => { for (;;) await stopPoint(); })`;

/**
 * Runs a program as the kernel of a notebook, and presses Stop when it says "go".
 *
 * @returns what it prints after that
 */
async function stopped(program: string): Promise<string> {
  const line = new StopLine();
  const prelude = `
    import { listenForStop, stopPoint, untilStopped } from "./lib/stop/until_stopped.ts";
    await listenForStop({ broadcast: () => Promise.resolve() });
    const told = (work: Promise<unknown>) =>
      work.then((value) => console.log(value), ({ name }) => console.log(name));
  `;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--ext=ts", `${prelude}${program}; Deno.exit();`],
    cwd: PROJECT_ROOT,
    env: { NO_COLOR: "1", [STOP_LINE]: line.address },
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let text = "";
  for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
    const isFirst = !text.startsWith("go\n");
    text += part;
    if (!isFirst || !text.startsWith("go\n")) continue;
    // Its connection may be accepted after it has said "go".
    for (let tries = 1; !await line.stop(); tries++) {
      assert(tries < 100, "nobody listens for Stop");
      await delay(20);
    }
  }
  await child.status;
  return text.slice("go\n".length);
}

/** The listener of a line lives as long as its kernel's launcher. */
const unlimited = { sanitizeOps: false, sanitizeResources: false };

Deno.test(
  "Stop ends work at its next stop point, and the work after it runs",
  unlimited,
  async () => {
    const next = `untilStopped(undefined, async () => { await stopPoint(); return "done"; })`;
    const text = await stopped(`console.log("go"); await told(${ENDLESS}); await told(${next})`);
    assertEquals(text, "AbortError\ndone\n");
  },
);

Deno.test("Stop ends the wait for work that reaches no stop point", unlimited, async () => {
  const stuck = `untilStopped(undefined, () => new Promise(() => {}))`;
  assertEquals(await stopped(`console.log("go"); await told(${stuck})`), "AbortError\n");
});

Deno.test("Stop between two pieces of work ends the second", unlimited, async () => {
  const wait = `await new Promise((resolve) => setTimeout(resolve, 500))`;
  const text = await stopped(`console.log("go"); ${wait}; await told(${ENDLESS})`);
  assertEquals(text, "AbortError\n");
});

Deno.test("untilStopped() ends with its signal, and with that of the work around it", async () => {
  const abort = new AbortController();
  const endless = async () => {
    for (;;) await stopPoint();
  };
  setTimeout(() => abort.abort(), 20);
  const isAborted = (error: DOMException) => assertEquals(error.name, "AbortError");
  isAborted(await assertRejects(() => untilStopped(abort.signal, endless), DOMException));
  const nested = () => untilStopped(undefined, endless);
  isAborted(await assertRejects(() => untilStopped(abort.signal, nested), DOMException));
});
