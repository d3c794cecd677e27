import type { FromWorker, ToWorker, WorkerAnswer, WorkerNews } from "./run_protocol.ts";
import { UserError } from "../../lib/user_error.ts";

/** A worker that is told to do one thing at a time. */
export class RunWorker {
  readonly #worker = new Worker(import.meta.resolve("./run_worker.ts"), { type: "module" });
  #isDead = false;

  /** Whether it has come to an end by itself; it answers nothing any more. */
  get isDead(): boolean {
    return this.#isDead;
  }

  /**
   * Sends a request and waits for the answer that ends it.
   *
   * @param onNews is told of everything before that
   * @throws UserError with the message of a failure
   */
  async ask(
    request: Exclude<ToWorker, { type: "abort" }>,
    onNews: (news: WorkerNews) => void = () => {},
  ): Promise<WorkerAnswer> {
    const { promise, resolve, reject } = Promise.withResolvers<WorkerAnswer>();
    this.#worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      switch (data.type) {
        case "progress":
        case "epoch":
        case "message":
          return onNews(data);
        case "failed":
          return reject(new UserError(data.message));
        default:
          return resolve(data);
      }
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#isDead = true;
      reject(new UserError(`a worker died: ${event.message}`));
    };
    this.#worker.postMessage(request);
    return await promise;
  }

  abort(): void {
    this.#worker.postMessage({ type: "abort" } satisfies ToWorker);
  }

  terminate(): void {
    this.#worker.terminate();
  }
}
