import * as tf from "@tensorflow/tfjs";
import { jupyterKernel } from "./jupyter_kernel.ts";
import { EventTurn } from "./event_turn.ts";
import { SAID, STOP_LINE } from "./stop_line.ts";

/** So long may work take to end by itself, in ms; the cell does not wait for it any longer. */
const END_WITHIN = 1500;

/** Work that Stop ends. */
interface Stoppable {
  readonly abort: AbortController;
  /** Ends the wait for it. */
  readonly giveUp: () => void;
}

const underWay = new Set<Stoppable>();

/** Whether a Stop came between two pieces of work; the next one takes it. */
let isUnheeded = false;

let isListening = false;

/**
 * Has the Stop of Jupyter end the library's work, where the kernel is one of `deno task lab`; elsewhere
 * does nothing.
 */
export async function listenForStop(): Promise<void> {
  const address = jupyterKernel() && Deno.env.get(STOP_LINE);
  if (!address || isListening) return;
  isListening = true;
  const [port, password] = address.split(" ");
  const connection = await Deno.connect({ hostname: "127.0.0.1", port: Number(port) });
  await connection.write(new TextEncoder().encode(password));
  // Without its launcher, Jupyter can no longer end the kernel.
  listen(connection).finally(() => Deno.exit());
  stopAtReads();
}

/**
 * Does work that may take long, and has Stop in a notebook end it: its signal is given then, and if it
 * has not ended soon after, it is waited for no longer.
 *
 * @param signal stops the work, too
 * @param work is to end with the reason of the signal that it is handed, once that is given
 * @throws DOMException "AbortError" if it was stopped
 */
export async function untilStopped<T>(
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  throwIfStopped();
  for (const { abort } of underWay) abort.signal.throwIfAborted();
  const abort = new AbortController();
  const { promise: givenUp, reject } = Promise.withResolvers<never>();
  const stoppable = { abort, giveUp: () => reject(abort.signal.reason) };
  underWay.add(stoppable);
  try {
    const either = AbortSignal.any([abort.signal, ...signal ? [signal] : []]);
    const done = await Promise.race([work(either), givenUp]);
    abort.signal.throwIfAborted();
    return done;
  } finally {
    underWay.delete(stoppable);
  }
}

/**
 * Ends whatever reads a tensor's values, as every attack and evaluation does from time to time; until
 * then the event loop would have no turn on a backend whose values are there at once.
 */
function stopAtReads(): void {
  const turn = new EventTurn();
  const read = tf.Tensor.prototype.data;
  tf.Tensor.prototype.data = async function (this: tf.Tensor) {
    const values = await read.call(this);
    await turn.take();
    throwIfStopped();
    return values;
  } as typeof read;
}

function throwIfStopped(): void {
  if (!isUnheeded) return;
  isUnheeded = false;
  throw stopped();
}

async function listen(connection: Deno.TcpConn): Promise<void> {
  for await (const chunk of connection.readable) {
    for (const said of chunk) {
      if (said === SAID.ended) {
        isUnheeded = false;
        for (const { giveUp } of underWay) giveUp();
      } else {
        stop();
        await connection.write(Uint8Array.of(SAID.heard));
      }
    }
  }
}

function stop(): void {
  for (const { abort, giveUp } of underWay) {
    abort.abort(stopped());
    setTimeout(giveUp, END_WITHIN);
  }
  if (underWay.size > 0) return;
  isUnheeded = true;
  setTimeout(() => {
    if (isUnheeded) {
      console.error(
        "Stop found nothing that it could end; if the cell goes on, restart the kernel",
      );
    }
    isUnheeded = false;
  }, END_WITHIN);
}

function stopped(): DOMException {
  return new DOMException(
    "stopped; all variables are kept, and the cell can be run again",
    "AbortError",
  );
}
