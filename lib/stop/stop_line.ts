/** The longest wait for an answer, in ms; a cell that runs JavaScript without a pause gives none. */
const ANSWER_WITHIN = 1200;

/** The environment variable that gives the kernel the port and the password of the line. */
export const STOP_LINE = "BSS_STOP_LINE";

/** The messages on the line, one byte each. */
export const SAID = { stop: 1, ended: 2, heard: 3 } as const;

/** The line from a kernel's launcher to the library in the kernel: it passes on the person's Stop. */
export class StopLine {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #password = crypto.randomUUID();
  #connection?: Deno.TcpConn;
  #unanswered: (() => void)[] = [];

  constructor() {
    this.#accept();
  }

  /** The value of `STOP_LINE` in the kernel's environment. */
  get address(): string {
    return `${this.#listener.addr.port} ${this.#password}`;
  }

  /** Says "stop"; true if the library answered in time. */
  async stop(): Promise<boolean> {
    if (!await this.#say(SAID.stop)) return false;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#unanswered.push(() => resolve(true));
    const timer = setTimeout(() => resolve(false), ANSWER_WITHIN);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Says that the kernel has ended the cell. */
  async ended(): Promise<void> {
    await this.#say(SAID.ended);
  }

  async #say(what: number): Promise<boolean> {
    const written = this.#connection?.write(Uint8Array.of(what));
    return written !== undefined && await written.then(() => true, () => false);
  }

  async #accept(): Promise<void> {
    for await (const connection of this.#listener) this.#listen(connection).catch(() => {});
  }

  async #listen(connection: Deno.TcpConn): Promise<void> {
    let password = "";
    for await (const chunk of connection.readable) {
      if (this.#connection === connection) {
        for (const _ of chunk) this.#unanswered.shift()?.();
        continue;
      }
      password += new TextDecoder().decode(chunk);
      if (!this.#password.startsWith(password)) return connection.close();
      if (this.#password === password) this.#connection = connection;
    }
  }
}
