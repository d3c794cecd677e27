import type { RunNews } from "./run_missing.ts";
import type { PlannedRun } from "./run_plan.ts";
import { Progress } from "../lib/report/progress.ts";

/** Shows how far all runs are together, and a line for each epoch and message of one. */
export class ProgressReport {
  readonly #progress: Progress;
  /** Share of each run that was already counted. */
  readonly #shares = new Map<string, number>();

  constructor(runs: readonly PlannedRun[]) {
    this.#progress = new Progress(runs.reduce((sum, { flops }) => sum + flops, 0));
  }

  tell(run: PlannedRun, news: RunNews): void {
    const { student, method, seed } = run.specification;
    const label = `${student} ${method} seed ${seed}`;
    switch (news.type) {
      case "progress":
        return this.#advance(run, news.step / news.steps, label);
      case "done":
        this.#advance(run, 1, label);
        return this.#progress.milestone(`${label}: done`);
      case "message":
        return this.#progress.milestone(`${label}: ${news.text}`);
      case "epoch": {
        const percent = (share: unknown) => `${(100 * Number(share)).toFixed(1)} %`;
        const { epoch, loss, train_accuracy, test_accuracy } = news.row;
        return this.#progress.milestone(
          `${label}: epoch ${epoch}, loss ${Number(loss).toFixed(3)}, ` +
            `train ${percent(train_accuracy)}, test ${percent(test_accuracy)}`,
        );
      }
    }
  }

  end(): void {
    this.#progress.finish();
  }

  #advance({ name, flops }: PlannedRun, share: number, label: string): void {
    this.#progress.advance((share - (this.#shares.get(name) ?? 0)) * flops, label);
    this.#shares.set(name, share);
  }
}
