import { AsyncLocalStorage } from "node:async_hooks";
import { jupyterKernel } from "./jupyter_kernel.ts";
import { SAID, STOP_LINE } from "./stop_line.ts";

/** The longest time the event loop may be kept waiting, in ms. */
const LONGEST_WAIT = 200;

/** The longest time a cell waits for stopped work to end by itself, in ms. */
const END_WITHIN = 1500;

/** Work under way that Stop ends. */
interface Stoppable {
  readonly abort: AbortController;
  /** Ends the wait for the work. */
  readonly giveUp: () => void;
}

const underWay = new Set<Stoppable>();

/**
 * The work around a call. Deno may start a test or a cell in the context of the work that ran last,
 * and must not stop it by the signal of work that is over.
 */
const workAround = new AsyncLocalStorage<{ readonly signal: AbortSignal; isOver: boolean }>();

/** True after a Stop that found no work under way; the next work takes it. */
let isUnheeded = false;

/** The time of the last turn of the event loop, in ms */
let lastTurn = performance.now();

/**
 * Does long work that Stop in a notebook ends. The work ends at its next {@linkcode stopPoint}; if that
 * does not come soon, the cell no longer waits for it.
 *
 * @param signal stops the work, too
 * @param work gets a signal that aborts when the work is stopped
 * @throws DOMException "AbortError" if the work was stopped
 */
export async function untilStopped<T>(
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  throwIfStopped();
  for (const { abort } of underWay) abort.signal.throwIfAborted();
  const outer = signalAround();
  const abort = new AbortController();
  const { promise: givenUp, reject } = Promise.withResolvers<never>();
  const stoppable = { abort, giveUp: () => reject(abort.signal.reason) };
  underWay.add(stoppable);
  try {
    const any = AbortSignal.any([abort.signal, signal, outer].filter((one) => one !== undefined));
    any.throwIfAborted();
    const own = { signal: any, isOver: false };
    const end = workAround.run(own, () => work(any)).finally(() => own.isOver = true);
    const done = await Promise.race([end, givenUp]);
    abort.signal.throwIfAborted();
    return done;
  } finally {
    underWay.delete(stoppable);
  }
}

/**
 * Lets long work be stopped here. Every loop over mini-batches, slices of images and steps of an attack
 * awaits it.
 *
 * On a backend that computes synchronously, such a loop would otherwise never leave the queue of
 * settled promises, and neither a signal of the system nor a Stop of Jupyter would reach it before its
 * end.
 *
 * @throws DOMException "AbortError" if the work around it was stopped
 */
export async function stopPoint(): Promise<void> {
  if (performance.now() - lastTurn >= LONGEST_WAIT) {
    await new Promise((resolve) => setTimeout(resolve, 0));
    lastTurn = performance.now();
  }
  throwIfStopped();
  signalAround()?.throwIfAborted();
}

function signalAround(): AbortSignal | undefined {
  const work = workAround.getStore();
  return work?.isOver ? undefined : work?.signal;
}

let isListening = false;

/**
 * Lets Jupyter's Stop end the library's work in a kernel of `deno task lab`. It does nothing elsewhere.
 */
export async function listenForStop(kernel = jupyterKernel()): Promise<void> {
  const address = kernel && Deno.env.get(STOP_LINE);
  if (!address || isListening) return;
  isListening = true;
  const [port, password] = address.split(" ");
  const connection = await Deno.connect({ hostname: "127.0.0.1", port: Number(port) });
  await connection.write(new TextEncoder().encode(password));
  // Without its launcher, Jupyter can no longer end the kernel.
  listen(connection).finally(() => Deno.exit());
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
        if (underWay.size > 0) { for (const { giveUp } of underWay) giveUp(); }
        else await endOwnCode().catch((error) => console.error("Stop left work behind:", error));
      } else {
        stop();
        await connection.write(Uint8Array.of(SAID.heard));
      }
    }
  }
}

/**
 * Ends a cell whose own code the kernel has cut off. Its promise never settles, and the kernel waits
 * until the promise is collected as garbage.
 */
async function endOwnCode(): Promise<void> {
  // A browser, where a page of the explorer runs, has none of these.
  const [v8, vm] = [await import("node:v8"), await import("node:vm")];
  const { leaveInterruptedWork } = await import("./leave_interrupted_work.ts");
  leaveInterruptedWork();
  v8.setFlagsFromString("--expose-gc");
  vm.runInNewContext("gc")();
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
        "Stop found no work to end; if the cell goes on, restart the kernel",
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
