/** The part of Jupyter's messages that is used here. */
interface Message {
  readonly channel: string;
  readonly header: { readonly msg_type: string };
  readonly parent_header: { readonly msg_id?: string };
  readonly content: {
    readonly text?: string;
    readonly execution_state?: string;
    readonly status?: "ok" | "error" | "aborted";
    readonly ename?: string;
    readonly evalue?: string;
  };
}

/** The end of a cell. */
export interface CellEnd {
  /** All text that it printed. */
  readonly text: string;
  readonly status?: "ok" | "error" | "aborted";
  /** Name and message of its error, if it failed. */
  readonly error: string;
}

/** Deno's kernel may report a cell as done before it sends the cell's text. */
const OUTPUT_WITHIN_MS = 150;

/** Requests about a kernel that go to the Jupyter server. */
interface KernelControl {
  interrupt(): Promise<unknown>;
  shutDown(): Promise<unknown>;
}

/** A kernel of a Jupyter server, used like a notebook does. */
export class Kernel {
  readonly #socket: WebSocket;
  readonly #control: KernelControl;
  readonly #session = crypto.randomUUID();

  private constructor(socket: WebSocket, control: KernelControl) {
    this.#socket = socket;
    this.#control = control;
  }

  static async connect(url: string, control: KernelControl): Promise<Kernel> {
    const socket = new WebSocket(url);
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = reject;
    });
    return new Kernel(socket, control);
  }

  /** Runs a cell, like Shift + Enter. */
  run(code: string): RunningCell {
    const id = crypto.randomUUID();
    const cell = new RunningCell(this.#socket, id);
    this.#socket.send(JSON.stringify({
      channel: "shell",
      header: {
        msg_id: id,
        msg_type: "execute_request",
        version: "5.3",
        username: "test",
        session: this.#session,
        date: new Date().toISOString(),
      },
      parent_header: {},
      metadata: {},
      content: { code, silent: false, store_history: true, allow_stdin: false },
    }));
    return cell;
  }

  /** Interrupts the kernel, like Stop. */
  async stop(): Promise<void> {
    await this.#control.interrupt();
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#socket.onclose = resolve);
    this.#socket.close();
    await closed;
    await this.#control.shutDown();
  }
}

/** A cell from its start to its end. */
export class RunningCell {
  /** Resolves when the kernel has answered and is idle again. */
  readonly end: Promise<CellEnd>;
  #text = "";
  #onText: () => void = () => {};

  constructor(socket: WebSocket, id: string) {
    const { promise, resolve } = Promise.withResolvers<CellEnd>();
    this.end = promise;
    let [status, error, isIdle]: [CellEnd["status"], string, boolean] = [undefined, "", false];
    const listener = ({ data }: MessageEvent<string>) => {
      const { header, parent_header, content }: Message = JSON.parse(data);
      if (parent_header.msg_id !== id) return;
      if (header.msg_type === "stream") this.#text += content.text;
      if (header.msg_type === "error") error = `${content.ename}: ${content.evalue}`;
      if (header.msg_type === "execute_reply") status = content.status;
      if (content.execution_state === "idle") isIdle = true;
      this.#onText();
      if (status === undefined || !isIdle) return;
      setTimeout(() => {
        socket.removeEventListener("message", listener);
        resolve({ text: this.#text, status, error });
      }, OUTPUT_WITHIN_MS);
    };
    socket.addEventListener("message", listener);
  }

  /** Waits until the printed text matches. */
  printed(what: RegExp): Promise<void> {
    return new Promise((resolve) => {
      this.#onText = () => what.test(this.#text) && resolve();
      this.#onText();
    });
  }
}
