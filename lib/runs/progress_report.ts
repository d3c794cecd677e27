import type { RunNews } from "./run_missing.ts";
import { flopsOf, type WorkLeft } from "./work_left.ts";
import type { PlannedRun } from "./planned_run.ts";
import { cellProgress } from "../report/cell_progress.ts";
import { formatDuration } from "../report/duration.ts";
import { printable } from "../files/printable.ts";
import type { ProgressDisplay } from "../report/progress.ts";
import { shareText } from "./table/summary_table.ts";

/** The progress of one run, in floating-point operations. */
interface Share {
  readonly training: number;
  readonly all: number;
  /** null before the run's first news */
  done: number | null;
  /** The latest test accuracy: ", test 70.3 %" */
  accuracy: string;
}

const percent = (share: unknown) => `${(100 * Number(share)).toFixed(1)} %`;

/** Shows the progress of all runs together, and a line for each finished run and each message. */
export class ProgressReport {
  readonly #progress: ProgressDisplay;
  readonly #runs = new Map<string, Share>();
  readonly #showsEpochs: boolean;
  #finished = 0;

  /** @param showsEpochs true to print a line for each epoch, too */
  constructor(works: readonly WorkLeft[], showsEpochs: boolean) {
    this.#showsEpochs = showsEpochs;
    for (const work of works) {
      const { run, training } = work;
      this.#runs.set(run.name, {
        training: training ? run.flops : 0,
        all: flopsOf(work),
        done: null,
        accuracy: "",
      });
    }
    const total = [...this.#runs.values()].reduce((sum, { all }) => sum + all, 0);
    this.#progress = cellProgress(total);
  }

  tell(run: PlannedRun, news: RunNews): void {
    const { student, seed, dataset: { fraction, validation } } = run.specification;
    const share = fraction < 1 ? ` on ${shareText(fraction)} %` : "";
    const label = `${student} ${run.label}${share} seed ${seed}`;
    const known = this.#runs.get(run.name)!;
    const { training, all, done, accuracy } = known;
    switch (news.type) {
      case "progress": {
        const aStep = training / news.steps;
        this.#begin(run, (news.step - 1) * aStep);
        return this.#advance(run, news.step * aStep, label);
      }
      case "trained":
        return this.#advance(run, training, label);
      case "measuring":
        return this.#advance(run, done ?? 0, `${label}, ${news.evaluation.name}`);
      case "measured":
        return this.#advance(run, (done ?? 0) + news.evaluation.flops, label);
      case "done":
      case "done elsewhere": {
        this.#finished++;
        // The work of another process says nothing about the time of the rest.
        if (news.type === "done elsewhere") this.#begin(run, all);
        this.#advance(run, all, label);
        const result = news.type === "done" ? `${accuracy}, ${formatDuration(news.seconds)}` : "";
        return this.#progress.milestone(`${label}: ${news.type}${result}`);
      }
      case "message":
        return this.#progress.milestone(`${label}: ${printable(news.text)}`);
      case "epoch": {
        const { epoch, loss, train_accuracy, test_accuracy } = news.row;
        const tested = validation === undefined ? "test" : "validation";
        known.accuracy = test_accuracy === null ? "" : `, ${tested} ${percent(test_accuracy)}`;
        if (!this.#showsEpochs) return;
        return this.#progress.milestone(
          `${label}: epoch ${epoch}, loss ${Number(loss).toFixed(3)}, ` +
            `train ${percent(train_accuracy)}${known.accuracy}`,
        );
      }
    }
  }

  async end(): Promise<void> {
    await this.#progress.finish();
  }

  /** Leaves out what a checkpoint had done: it says nothing about the time of the rest. */
  #begin({ name }: PlannedRun, before: number): void {
    const share = this.#runs.get(name)!;
    if (share.done !== null) return;
    this.#progress.discount(before);
    share.done = before;
  }

  #advance({ name }: PlannedRun, done: number, label: string): void {
    const share = this.#runs.get(name)!;
    const runs = `${this.#finished}/${this.#runs.size} runs`;
    this.#progress.advance(done - (share.done ?? 0), `${runs}, ${label}`);
    share.done = done;
  }
}
