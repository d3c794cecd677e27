import { CLEAR_LINE, writeToStderr } from "../files/write_to_stderr.ts";
import { formatDuration } from "./duration.ts";

/** The output and pace of a progress display. Tests replace all of it. */
export interface ProgressOptions {
  /** True if the output can rewrite a line. */
  readonly terminal?: boolean;
  /** Width of the terminal in characters. */
  readonly width?: () => number;
  readonly write?: (text: string) => void;
  /** Milliseconds from any start. */
  readonly now?: () => number;
  /** Seconds between two plain lines without a terminal. */
  readonly everySeconds?: number;
}

/** The progress of a long computation, for a person who waits. */
export interface ProgressDisplay {
  /** Removes work from the total that was already done. */
  discount(units: number): void;
  /** Counts finished work. */
  advance(units: number, label?: string): void;
  /** Reports that something ended, such as a run. */
  milestone(text: string): void;
  /** Must be awaited: a notebook still has to send the last state. */
  finish(): void | Promise<void>;
}

/** Milliseconds between two redraws: fast enough to look alive, slow enough to cost nothing. */
const REDRAW_MS = 100;

/**
 * Shows the progress of a long computation on standard error, so that standard output holds only
 * results. A terminal shows one line that is redrawn; other outputs get a plain line now and then.
 */
export class Progress implements ProgressDisplay {
  readonly #options: Required<ProgressOptions>;
  readonly #work: WorkCount;
  #label = "";
  #shownAt: number;

  /** @param total units of work; each unit should take about the same time */
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

  /** Clears the line in a terminal; elsewhere prints the last one. */
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

function terminalWidth(): number {
  try {
    return Deno.consoleSize().columns;
  } catch {
    return 80; // neither standard input nor output is the terminal
  }
}

const WIDTH = 24;

/** Makes a bar of characters. `fraction` is in 0…1. */
export function textBar(fraction: number): string {
  const filled = Math.round(fraction * WIDTH);
  return "█".repeat(filled) + "░".repeat(WIDTH - filled);
}

/** Counts the finished part of a long computation and its time. */
export class WorkCount {
  readonly #now: () => number;
  readonly #start: number;
  #total: number;
  #done = 0;

  /**
   * @param total units of work; each unit should take about the same time
   * @param now milliseconds from any start
   */
  constructor(total: number, now: () => number = () => performance.now()) {
    this.#total = total;
    this.#now = now;
    this.#start = now();
  }

  /** Removes work from the total that was already done. */
  discount(units: number): void {
    this.#total -= units;
  }

  /** Counts finished work. */
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

  /** "8 s, 1 min 20 s left"; the second part only between the first and the last unit. */
  get time(): string {
    const seconds = (this.#now() - this.#start) / 1000;
    const left = this.#done > 0 && this.fraction < 1
      ? `, ${formatDuration(seconds / this.fraction - seconds)} left`
      : "";
    return formatDuration(seconds) + left;
  }
}
