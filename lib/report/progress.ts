import { formatDuration } from "./duration.ts";

/** Where and how often progress is shown; tests replace all of it. */
export interface ProgressOptions {
  /** Whether one line can be written over and over. */
  readonly terminal?: boolean;
  /** Width of the terminal, in characters. */
  readonly width?: () => number;
  readonly write?: (text: string) => void;
  /** Milliseconds from any start. */
  readonly now?: () => number;
  /** Seconds between two plain lines where there is no terminal. */
  readonly everySeconds?: number;
}

/** How far a long computation is, for a person who waits. */
export interface ProgressDisplay {
  /** Takes work out of the total that turned out to be done already. */
  discount(units: number): void;
  /** Counts work that is done. */
  advance(units: number, label?: string): void;
  /** Says that something ended: a run, a file that was written. */
  milestone(text: string): void;
  /** To be awaited: in a notebook the last state is on its way. */
  finish(): void | Promise<void>;
}

/** Milliseconds between two redraws: fast enough to look alive, slow enough to cost nothing. */
const REDRAW_MS = 100;

/** Back to the start of the line, and nothing on it. */
const CLEAR_LINE = "\r\x1b[K";

/**
 * Shows how far a long computation is, on standard error, so that standard output holds results
 * only: one line that is redrawn in a terminal, a plain line now and then elsewhere.
 */
export class Progress implements ProgressDisplay {
  readonly #options: Required<ProgressOptions>;
  readonly #work: WorkCount;
  #label = "";
  #shownAt: number;

  /** @param total units of work, in any unit that takes about the same time each */
  constructor(total: number, options: ProgressOptions = {}) {
    this.#options = {
      terminal: Deno.stderr.isTerminal(),
      width: terminalWidth,
      write: writeToStderr,
      now: () => performance.now(),
      everySeconds: 30,
      ...options,
    };
    this.#work = new WorkCount(total, this.#options.now);
    this.#shownAt = this.#options.terminal ? -Infinity : this.#options.now();
  }

  discount(units: number): void {
    this.#work.discount(units);
  }

  advance(units: number, label = this.#label): void {
    this.#work.advance(units);
    this.#label = label;
    const { terminal, everySeconds, now } = this.#options;
    if (now() - this.#shownAt >= (terminal ? REDRAW_MS : 1000 * everySeconds)) this.#show();
  }

  /** Prints a line that stays. */
  milestone(text: string): void {
    const { terminal, write } = this.#options;
    write(`${terminal ? CLEAR_LINE : ""}${text}\n`);
    if (terminal) this.#show();
  }

  /** Takes the line away, or prints the last one. */
  finish(): void {
    if (this.#options.terminal) this.#options.write(CLEAR_LINE);
    else this.#show();
  }

  #show(): void {
    const { terminal, width, write, now } = this.#options;
    this.#shownAt = now();
    if (terminal) write(CLEAR_LINE + this.#line(true).slice(0, width() - 1));
    else write(this.#line(false) + "\n");
  }

  #line(withBar: boolean): string {
    const { fraction, percent, time } = this.#work;
    const bar = withBar ? `${textBar(fraction)} ` : "";
    return `${bar}${percent.padStart(7)}  ${time}  ${this.#label}`.trimEnd();
  }
}

function writeToStderr(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(text));
}

function terminalWidth(): number {
  try {
    return Deno.consoleSize().columns;
  } catch {
    return 80; // neither standard input nor output is the terminal
  }
}

const WIDTH = 24;

/** A bar of characters, filled up to a fraction in 0…1. */
export function textBar(fraction: number): string {
  const filled = Math.round(fraction * WIDTH);
  return "█".repeat(filled) + "░".repeat(WIDTH - filled);
}

/** How much of a long computation is done, and how long that took. */
export class WorkCount {
  readonly #now: () => number;
  readonly #start: number;
  #total: number;
  #done = 0;

  /**
   * @param total units of work, in any unit that takes about the same time each
   * @param now milliseconds from any start
   */
  constructor(total: number, now: () => number = () => performance.now()) {
    this.#total = total;
    this.#now = now;
    this.#start = now();
  }

  /** Takes work out of the total that turned out to be done already. */
  discount(units: number): void {
    this.#total -= units;
  }

  /** Counts work that is done. */
  advance(units: number): void {
    this.#done = Math.min(this.#total, this.#done + units);
  }

  /** 0…1 */
  get fraction(): number {
    return this.#total === 0 ? 1 : this.#done / this.#total;
  }

  /** "12.5 %" */
  get percent(): string {
    return `${(100 * this.fraction).toFixed(1)} %`;
  }

  /** "8 s, 1 min 20 s left"; the second part while there is something to go by, and to do. */
  get time(): string {
    const seconds = (this.#now() - this.#start) / 1000;
    const left = this.#done > 0 && this.fraction < 1
      ? `, ${formatDuration(seconds / this.fraction - seconds)} left`
      : "";
    return formatDuration(seconds) + left;
  }
}
