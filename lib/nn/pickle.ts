/** The stand-in for a Python global. A function takes the arguments of a call. */
export type Global = object | ((values: readonly unknown[]) => unknown);

/** The values outside itself that a pickle may use. Nothing else is looked up, and nothing runs. */
interface PickleNames {
  /** By module and name: "collections.OrderedDict". */
  readonly globals: ReadonlyMap<string, Global>;
  /** Finds an object that is stored beside the pickle. */
  persistent(id: unknown): unknown;
}

/**
 * Reads a pickle of version 2, Python's program for a stack machine, as far as plain values need it
 * (https://github.com/python/cpython/blob/main/Lib/pickletools.py). A dict becomes a map, lists and
 * tuples become arrays, and None becomes null.
 *
 * @throws Error naming an opcode or a global that is not allowed, or what else is wrong
 */
export function decodePickle(bytes: Uint8Array, names: PickleNames): unknown {
  const machine = new Machine(bytes, names);
  for (;;) {
    const opcode = String.fromCharCode(machine.whole("getUint8", 1));
    if (opcode === STOP) return machine.pop();
    const run = OPCODES[opcode];
    if (!run) {
      const code = opcode.charCodeAt(0).toString(16).padStart(2, "0");
      throw new Error(`its pickle has opcode 0x${code}, which tensors do not need`);
    }
    run(machine);
  }
}

const STOP = ".";

/** The other opcodes. */
const OPCODES: Readonly<Record<string, (machine: Machine) => void>> = {
  "\x80": (m) => m.take(1), // the version
  "N": (m) => m.push(null),
  "\x88": (m) => m.push(true),
  "\x89": (m) => m.push(false),
  "K": (m) => m.push(m.whole("getUint8", 1)),
  "M": (m) => m.push(m.whole("getUint16", 2)),
  "J": (m) => m.push(m.whole("getInt32", 4)),
  "\x8a": (m) => m.push(m.long(m.whole("getUint8", 1))),
  "G": (m) => m.push(m.take(8).getFloat64(0)),
  "X": (m) => m.push(m.text(m.whole("getUint32", 4))),
  "}": (m) => m.push(new Map()),
  "]": (m) => m.push([]),
  ")": (m) => m.push([]),
  "\x85": (m) => m.push(m.popMany(1)),
  "\x86": (m) => m.push(m.popMany(2)),
  "\x87": (m) => m.push(m.popMany(3)),
  "(": (m) => m.marks.push(m.stack.length),
  "t": (m) => m.push(m.popToMark()),
  "a": (m) => m.append(m.popMany(1)),
  "e": (m) => m.append(m.popToMark()),
  "s": (m) => m.set(m.popMany(2)),
  "u": (m) => m.set(m.popToMark()),
  "q": (m) => m.remember(m.whole("getUint8", 1)),
  "r": (m) => m.remember(m.whole("getUint32", 4)),
  "h": (m) => m.recall(m.whole("getUint8", 1)),
  "j": (m) => m.recall(m.whole("getUint32", 4)),
  "c": (m) => m.global(),
  "R": (m) => m.call(),
  "Q": (m) => m.push(m.names.persistent(m.pop())),
  "b": (m) => m.build(),
};

class Machine {
  readonly names: PickleNames;
  readonly stack: unknown[] = [];
  /** The lengths of the stack at its marks. */
  readonly marks: number[] = [];
  readonly #bytes: Uint8Array;
  #at = 0;
  readonly #memo = new Map<number, unknown>();

  constructor(bytes: Uint8Array, names: PickleNames) {
    this.#bytes = bytes;
    this.names = names;
  }

  take(count: number): DataView {
    const from = this.#at;
    this.#at += count;
    if (this.#at > this.#bytes.length) throw new Error("its pickle ends too early");
    return new DataView(this.#bytes.buffer, this.#bytes.byteOffset + from, count);
  }

  whole(get: "getUint8" | "getUint16" | "getInt32" | "getUint32", size: number): number {
    return this.take(size)[get](0, true);
  }

  /** Reads a whole number of any length, little-endian in two's complement. */
  long(length: number): number {
    const view = this.take(length);
    let value = 0n;
    for (let k = length - 1; k >= 0; k--) value = value << 8n | BigInt(view.getUint8(k));
    return Number(BigInt.asIntN(8 * length, value));
  }

  text(length: number): string {
    return new TextDecoder().decode(this.take(length));
  }

  push(value: unknown): void {
    this.stack.push(value);
  }

  pop(): unknown {
    return this.popMany(1)[0];
  }

  popMany(count: number): unknown[] {
    if (count > this.stack.length) throw new Error("its pickle takes a value that is not there");
    return this.stack.splice(this.stack.length - count);
  }

  popToMark(): unknown[] {
    return this.popMany(this.stack.length - (this.marks.pop() ?? -1));
  }

  append(values: readonly unknown[]): void {
    const list = this.stack.at(-1);
    if (!Array.isArray(list)) throw new Error("its pickle appends to something that is no list");
    for (const value of values) list.push(value);
  }

  set(items: readonly unknown[]): void {
    const dict = this.#topDict();
    for (let k = 0; k < items.length; k += 2) dict.set(items[k], items[k + 1]);
  }

  remember(index: number): void {
    this.#memo.set(index, this.stack.at(-1));
  }

  recall(index: number): void {
    if (!this.#memo.has(index)) throw new Error("its pickle takes a value that is not there");
    this.push(this.#memo.get(index));
  }

  global(): void {
    const name = `${this.#line()}.${this.#line()}`;
    const value = this.names.globals.get(name);
    if (value === undefined) throw new Error(`it needs Python's ${name}, and not only tensors`);
    this.push(value);
  }

  call(): void {
    const [callee, values] = this.popMany(2);
    if (typeof callee !== "function" || !Array.isArray(values)) {
      throw new Error("its pickle calls something that is no function");
    }
    this.push(callee(values));
  }

  /** Drops the attributes of a dict, such as the versions of a state dict's layers. */
  build(): void {
    this.pop();
    this.#topDict();
  }

  #topDict(): Map<unknown, unknown> {
    const dict = this.stack.at(-1);
    if (dict instanceof Map) return dict;
    throw new Error("its pickle sets values of something that is no dict");
  }

  #line(): string {
    const length = this.#bytes.subarray(this.#at).indexOf(0x0a);
    return this.text(length < 0 ? Infinity : length + 1).trimEnd();
  }
}
