import { setTimeout as delay } from "node:timers/promises";
import { type JupyterMessage, readMessage, request } from "./jupyter_message.ts";
import { freePorts, startKernel } from "./start_kernel.ts";
import { connectZmtp, type ZmtpSocket } from "./zmtp.ts";

const HOST = "127.0.0.1";

/** The longest time that the kernel has to end by itself, in ms. */
const END_WITHIN_MS = 5000;

/** The pause between questions to a kernel that has just started, in ms. */
const ASK_EVERY_MS = 100;

/** The time without an output after which a cell has sent all of them, in ms. */
const QUIET_MS = 10;

/** The kernel's first code: it ends with its parent, even if that is killed. */
const END_WITH_PARENT = "new Response(Deno.stdin.readable).bytes().finally(() => Deno.exit());";

type Content = JupyterMessage["content"];

/** Deno's Jupyter kernel in a process of its own, used without Jupyter. */
export class NotebookKernel {
  readonly #child: Deno.ChildProcess;
  readonly #shell: ZmtpSocket;
  readonly #key: string;
  readonly #session = crypto.randomUUID();
  /** Takes the messages that belong to a request, by the request's id. */
  readonly #takers = new Map<string, (message: JupyterMessage) => void>();
  /** Fails when the kernel has ended, or sends what cannot be read. */
  readonly #ended: Promise<never>;
  readonly #reading: Promise<unknown>;

  private constructor(
    child: Deno.ChildProcess,
    { shell, iopub, key }: { shell: ZmtpSocket; iopub: ZmtpSocket; key: string },
  ) {
    this.#child = child;
    this.#shell = shell;
    this.#key = key;
    const reading = [shell, iopub].map((socket) => this.#read(socket));
    this.#reading = Promise.allSettled(reading);
    this.#ended = Promise.all(reading).then(() => child.status).then(endedError);
    this.#ended.catch(() => {}); // the next request reports it
  }

  /**
   * Starts a kernel.
   *
   * @param cwd the folder that it works in
   * @throws Error if it ends at once, or cannot be reached; it then runs no longer
   */
  static async start(cwd: string): Promise<NotebookKernel> {
    const key = crypto.randomUUID();
    const [shell_port, iopub_port, control_port, stdin_port, hb_port] = freePorts(HOST, 5);
    const ports = { shell_port, iopub_port, control_port, stdin_port, hb_port };
    const { child, isUp } = await startKernel(
      { ip: HOST, transport: "tcp", key, signature_scheme: "hmac-sha256", ...ports },
      { cwd, env: { NO_COLOR: "1" }, stdin: "piped", stdout: "null" },
    );
    try {
      if (!await isUp) return endedError(await child.status);
      const shell = await connectZmtp({ hostname: HOST, port: shell_port }, "DEALER");
      const iopub = await connectZmtp({ hostname: HOST, port: iopub_port }, "SUB");
      const kernel = new NotebookKernel(child, { shell, iopub, key });
      await kernel.#subscribed();
      await kernel.#ask("execute_request", { code: END_WITH_PARENT, silent: true });
      return kernel;
    } catch (error) {
      await kill(child);
      throw error;
    }
  }

  /**
   * Executes code.
   *
   * @param take takes the code's outputs as they come
   * @returns the kernel's answer, with `status` and `execution_count`
   * @throws Error if the kernel ends
   */
  async execute(code: string, take: (message: JupyterMessage) => void): Promise<Content> {
    let isLate = false;
    const content = { code, silent: false, store_history: true, stop_on_error: true };
    const answer = await this.#ask("execute_request", content, (message) => {
      isLate = true;
      take(message);
    });
    // Deno's kernel sends outputs through other queues, and may report a cell as done before.
    isLate = false;
    await this.info();
    while (isLate) {
      isLate = false;
      await Promise.all([this.info(), delay(QUIET_MS)]);
    }
    return answer;
  }

  /** Asks for the kernel's description, with `language_info`. */
  info(): Promise<Content> {
    return this.#ask("kernel_info_request", {});
  }

  /** Ends the kernel. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child.stdin.close().catch(() => {}); // it may have ended already
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), END_WITHIN_MS);
    await this.#child.status;
    clearTimeout(timer);
    await this.#reading;
  }

  /** Asks until an answer comes on both sockets; what is sent before the subscription is lost. */
  async #subscribed(): Promise<void> {
    const answers: Promise<boolean>[] = [];
    do {
      answers.push(this.info().then(() => true));
    } while (!await Promise.race([...answers, delay(ASK_EVERY_MS, false)]));
  }

  /** Sends a request, and waits for its reply and until the kernel is idle again. */
  async #ask(
    type: string,
    content: Content,
    take: (message: JupyterMessage) => void = () => {},
  ): Promise<Content> {
    const { id, frames } = request(type, content, { session: this.#session, key: this.#key });
    const { promise, resolve } = Promise.withResolvers<Content>();
    let [reply, isIdle]: [Content | null, boolean] = [null, false];
    this.#takers.set(id, (message) => {
      if (message.type === type.replace("request", "reply")) reply = message.content;
      else if (message.content.execution_state === "idle") isIdle = true;
      else take(message);
      if (reply && isIdle) resolve(reply);
    });
    await this.#shell.send(frames);
    return await Promise.race([promise, this.#ended]);
  }

  async #read({ messages }: ZmtpSocket): Promise<void> {
    for await (const frames of messages) {
      const message = readMessage(frames);
      this.#takers.get(message?.request ?? "")?.(message!);
    }
  }
}

/** Kills a kernel that does not end with its parent yet. */
async function kill(child: Deno.ChildProcess): Promise<void> {
  try {
    child.kill("SIGKILL");
  } catch {
    // It has ended already.
  }
  await child.status;
  await child.stdin.close().catch(() => {});
}

function endedError({ code, signal }: Deno.CommandStatus): never {
  throw new Error(`the kernel ended with ${signal ?? `exit status ${code}`}`);
}
