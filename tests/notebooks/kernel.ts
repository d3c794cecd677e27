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

/** How a cell ended. */
export interface CellEnd {
  /** All that it printed. */
  readonly text: string;
  readonly status?: "ok" | "error" | "aborted";
  /** Name and message, where it failed. */
  readonly error: string;
}

/** Deno's kernel may send what a cell printed after it has said that the cell is done. */
const OUTPUT_WITHIN_MS = 150;

/** What a client of Jupyter does with a kernel besides talking to it. */
interface KernelControl {
  interrupt(): Promise<unknown>;
  shutDown(): Promise<unknown>;
}

/** A kernel that a Jupyter server runs, as a notebook uses it. */
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

  /** Runs a cell, as Shift + Enter does. */
  run(code: string): RunningCell {
    const id = crypto.randomUUID();
    const cell = new RunningCell(this.#socket, id);
    this.#socket.send(JSON.stringify({
      channel: "shell",
      header: {
        ...{ msg_id: id, msg_type: "execute_request", version: "5.3", username: "test" },
        ...{ session: this.#session, date: new Date().toISOString() },
      },
      parent_header: {},
      metadata: {},
      content: { code, silent: false, store_history: true, allow_stdin: false },
    }));
    return cell;
  }

  /** Presses Stop. */
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
  /** When the kernel has answered and is idle again. */
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

  /** Waits until it has printed something. */
  printed(what: RegExp): Promise<void> {
    return new Promise((resolve) => {
      this.#onText = () => what.test(this.#text) && resolve();
      this.#onText();
    });
  }
}
