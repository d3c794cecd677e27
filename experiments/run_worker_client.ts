import type { FromWorker, ToWorker } from "./run_protocol.ts";
import { UserError } from "../lib/user_error.ts";

/** A worker that is told to do one thing at a time. */
export class RunWorker {
  readonly #worker = new Worker(import.meta.resolve("./run_worker.ts"), { type: "module" });

  /**
   * Sends a request and waits for the answer that ends it.
   *
   * @param onNews is told of everything before that
   * @throws UserError with the message of a failure
   */
  async ask(
    request: Exclude<ToWorker, { type: "abort" }>,
    onNews: (news: FromWorker) => void = () => {},
  ): Promise<Extract<FromWorker, { type: "started" | "finished" | "aborted" }>> {
    const { promise, resolve, reject } = Promise.withResolvers<
      Extract<FromWorker, { type: "started" | "finished" | "aborted" }>
    >();
    this.#worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      switch (data.type) {
        case "started":
        case "finished":
        case "aborted":
          return resolve(data);
        case "failed":
          return reject(new UserError(data.message));
        default:
          onNews(data);
      }
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
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
