/** Where the progress of downloads is shown; tests replace it. */
export interface DisplayOptions {
  /** Whether one line can be written over and over. */
  readonly terminal: boolean;
  readonly write: (text: string) => void;
}

/** Back to the start of the line, and nothing on it. */
const CLEAR_LINE = "\r\x1b[K";

const STANDARD_ERROR: DisplayOptions = {
  terminal: Deno.stderr.isTerminal(),
  write: (text) => Deno.stderr.writeSync(new TextEncoder().encode(text)),
};

/**
 * Shows how far a download is, on standard error: one line that is redrawn in a terminal, a line for
 * each tenth elsewhere.
 */
export class DownloadDisplay {
  readonly #name: string;
  readonly #size: number;
  readonly #options: DisplayOptions;
  #shown = "0";

  /** @param size of the whole file, in bytes */
  constructor(name: string, size: number, options: DisplayOptions = STANDARD_ERROR) {
    this.#name = name;
    this.#size = size;
    this.#options = options;
  }

  /** Shows that so many bytes are there. */
  update(bytes: number): void {
    const { terminal, write } = this.#options;
    const fraction = bytes / this.#size;
    const amount = amountOf(bytes, this.#size);
    const shown = terminal ? amount : String(Math.floor(10 * fraction));
    if (shown === this.#shown) return;
    this.#shown = shown;
    const line = `${this.#name}: ${amount} (${Math.floor(100 * fraction)} %)`;
    write(terminal ? CLEAR_LINE + line : line + "\n");
  }

  /** Prints a line about the file that stays. */
  say(text: string): void {
    this.clear();
    this.#options.write(`${this.#name}: ${text}\n`);
  }

  /** Takes away the line that is redrawn. */
  clear(): void {
    if (this.#options.terminal) this.#options.write(CLEAR_LINE);
  }
}

/** "17.0 of 170.1 MB" */
function amountOf(bytes: number, size: number): string {
  const [unit, name] = size < 1e6 ? [1e3, "kB"] : [1e6, "MB"];
  return `${(bytes / unit).toFixed(1)} of ${(size / unit).toFixed(1)} ${name}`;
}
