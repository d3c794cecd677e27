import { unzipSync } from "fflate";

/** The first bytes of a zip, and of what `torch.save` wrote before PyTorch 1.6. */
const ZIP = [0x50, 0x4b, 0x03, 0x04];
const OLD_FORMAT = [0x80, 0x02, 0x8a, 0x0a];

/** Tells whether a file was written by `torch.save`. */
export function isPytorchFile(bytes: Uint8Array): boolean {
  return startsWith(bytes, ZIP) || startsWith(bytes, OLD_FORMAT);
}

/** The content of a file by `torch.save`. */
interface PytorchZip {
  readonly pickle: Uint8Array;
  /** The values of the storages, by their keys. */
  readonly records: ReadonlyMap<string, Uint8Array>;
}

/**
 * Opens a file by `torch.save` in memory: FOLDER/data.pkl describes tensors, and FOLDER/data/0, … have
 * their values.
 *
 * @throws Error if it is not such a file, or would become larger than it is
 */
export function openPytorchZip(bytes: Uint8Array): PytorchZip {
  if (!startsWith(bytes, ZIP)) throw new Error("it has the format from before PyTorch 1.6");
  const names = new Set<string>();
  let left = bytes.length;
  const files = unzipSync(bytes, {
    filter({ name, size, originalSize, compression }) {
      if (names.has(name)) throw new Error(`it holds "${name}" twice`);
      names.add(name);
      // PyTorch compresses nothing. So a small file can't become a large one.
      if (compression !== 0 || size !== originalSize) throw new Error(`"${name}" is compressed`);
      left -= size;
      if (left < 0) throw new Error("its parts overlap");
      return true;
    },
  });
  const entries = new Map(Object.entries(files));
  const [pickleName, ...more] = [...entries.keys()].filter((name) =>
    /^[^/]*\/data\.pkl$/.test(name)
  );
  if (pickleName === undefined || more.length > 0) throw new Error("it must have one data.pkl");
  const folder = pickleName.slice(0, -"data.pkl".length);
  const order = entries.get(`${folder}byteorder`);
  if (order && new TextDecoder().decode(order) !== "little") {
    throw new Error("its numbers are not little-endian");
  }
  const data = `${folder}data/`;
  const records = [...entries].filter(([name]) => name.startsWith(data)).map(
    ([name, content]) => [name.slice(data.length), content] as const,
  );
  return { pickle: entries.get(pickleName)!, records: new Map(records) };
}

function startsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, k) => bytes[k] === byte);
}
