import { checkVersion, companionLibraries, findLibrary } from "./find_library.ts";
import { CPU_ENGINE, IN_ORDER, INSTRUCTION_SETS, Status, STRICT } from "./constants.ts";
import { symbols } from "./symbols.ts";

type Symbols = Deno.DynamicLibrary<typeof symbols>["symbols"];

/** The opened library, with an engine for the processor and a stream to run on. */
export interface Library {
  readonly symbols: Symbols;
  readonly engine: Deno.PointerValue;
  readonly stream: Deno.PointerValue;
  /** "3.7.2" */
  readonly version: string;
  /** The widest instructions that it uses, such as "AVX-512 with bfloat16". */
  readonly instructions: string;
}

let opened: Library | undefined;

/** GNU's OpenMP runtime, for Debian's and conda's oneDNN, and LLVM's. */
const OPENMP_RUNTIMES = ["libgomp.so.1", "libomp.dylib"];

/**
 * Opens oneDNN at the first call of each thread; later calls return the same library.
 *
 * @param threads the number of threads to compute with; default: one for each core
 * @throws Error saying what is missing or wrong, and how to get it
 */
export function openLibrary(threads?: number): Library {
  return opened ??= open(findLibrary(), threads);
}

/** Returns the library if it is open. */
export function openedLibrary(): Library | undefined {
  return opened;
}

function open(path: string, threads?: number): Library {
  using _ = briefWaiting();
  const runtimes = [...companionLibraries(path), ...OPENMP_RUNTIMES];
  for (const library of runtimes) pin(library);
  if (threads !== undefined) setThreads(threads, runtimes);
  let library;
  try {
    library = Deno.dlopen(path, symbols).symbols;
  } catch (error) {
    throw new Error(`${path} does not load as oneDNN (${(error as Error).message})`, {
      cause: error,
    });
  }
  const version = readVersion(library);
  checkVersion(path, ...version);
  // Otherwise ONEDNN_DEFAULT_FPMATH_MODE could make it compute float32 in bfloat16.
  check(library.dnnl_set_default_fpmath_mode(STRICT), "setting the math mode");
  const engine = created((place) => library.dnnl_engine_create(place, CPU_ENGINE, 0n));
  const stream = created((place) => library.dnnl_stream_create(place, engine, IN_ORDER));
  // Callers keep their primitives; a second cache would only keep them alive longer.
  library.dnnl_set_primitive_cache_capacity(0);
  return {
    symbols: library,
    engine,
    stream,
    version: version.join("."),
    instructions: instructionsOf(library),
  };
}

/**
 * Makes threads that wait for the next primitive spin only briefly. By default, GNU's OpenMP
 * runtime spins for milliseconds. On a busy machine the spinning threads hold the core that the
 * last thread needs: next to one busy process a forward pass takes 33 times as long, and 3 times
 * with this setting. On an idle machine the setting costs nothing. The runtime reads it when it is
 * loaded; afterwards it is gone, so that no other program that we start has it.
 */
function briefWaiting(): Disposable {
  const settings = ["OMP_WAIT_POLICY", "GOMP_SPINCOUNT"];
  const isOurs = settings.every((name) => Deno.env.get(name) === undefined);
  if (isOurs) Deno.env.set("GOMP_SPINCOUNT", "10000");
  return { [Symbol.dispose]: () => isOurs && Deno.env.delete("GOMP_SPINCOUNT") };
}

/** Sets the calling thread's number of OpenMP threads, in every runtime that is installed. */
function setThreads(threads: number, runtimes: readonly string[]): void {
  for (const runtime of runtimes) {
    try {
      Deno.dlopen(runtime, { omp_set_num_threads: { parameters: ["i32"], result: "void" } })
        .symbols.omp_set_num_threads(threads);
    } catch {
      // This runtime is not installed.
    }
  }
}

/**
 * Loads a library that stays loaded. At exit Deno closes oneDNN while a thread of the OpenMP
 * runtime still sleeps. The process would crash if that closed the runtime as well.
 */
function pin(path: string): void {
  if (Deno.build.os === "windows") return;
  const [libc, now, noDelete] = Deno.build.os === "darwin"
    ? ["libSystem.dylib", 2, 0x80]
    : ["libc.so.6", 2, 0x1000];
  try {
    const { symbols } = Deno.dlopen(libc, {
      dlopen: { parameters: ["buffer", "i32"], result: "pointer" },
    });
    symbols.dlopen(new TextEncoder().encode(`${path}\0`), now | noDelete);
  } catch {
    // This system has another C library. Nothing can be pinned, but oneDNN may still work.
  }
}

function readVersion(library: Symbols): [major: number, minor: number, patch: number] {
  const view = new Deno.UnsafePointerView(library.dnnl_version()!);
  return [view.getInt32(0), view.getInt32(4), view.getInt32(8)];
}

function instructionsOf(library: Symbols): string {
  const set = library.dnnl_get_effective_cpu_isa();
  // oneDNN distinguishes instruction sets only on x86.
  if (set === 0) return Deno.build.arch;
  return INSTRUCTION_SETS[set] ?? `instruction set 0x${set.toString(16)}`;
}

/** Returns the handle that one of oneDNN's creating functions writes. */
export function created(create: (place: BigUint64Array<ArrayBuffer>) => number): Deno.PointerValue {
  const place = new BigUint64Array(1);
  check(create(place), "creating a handle");
  return Deno.UnsafePointer.create(place[0]);
}

/** @throws Error if a call of oneDNN failed */
export function check(status: number, what: string): void {
  if (status !== Status.success) throw new Error(`oneDNN: ${what} failed with status ${status}`);
}
