import { createReadStream } from "node:fs";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { dirname, join } from "node:path";

const BLOCK = 512;

/**
 * Unpacks a .tar.gz. Each member has a block that describes it, then its bytes, padded to whole
 * blocks. A block of zeros ends the archive
 * (https://www.gnu.org/software/tar/manual/html_node/Standard.html).
 *
 * @param limit the most bytes that the archive may have uncompressed
 * @throws Error if the archive is not whole or exceeds the limit, or if a member is a link or a
 *   device or would lie outside the folder
 */
export async function untar(file: string, folder: string, limit: number): Promise<void> {
  const chunks = uncompressed(file, limit);
  try {
    const reader = new Reader(chunks);
    for (;;) {
      const block = await reader.read(BLOCK);
      if (block.every((byte) => byte === 0)) break;
      const { name, size } = describe(block);
      using target = name === null ? null : createMember(folder, name);
      await reader.pass(size, (piece) => {
        for (let at = 0; target && at < piece.length;) at += target.writeSync(piece.subarray(at));
      });
      await reader.read((BLOCK - size % BLOCK) % BLOCK);
    }
    // The rest is not needed, but reading to its end shows whether the file is whole.
    while (!(await chunks.next()).done);
  } finally {
    await chunks.return(undefined);
  }
}

async function* uncompressed(file: string, limit: number): AsyncGenerator<Uint8Array, void> {
  let left = limit;
  for await (const chunk of pipeline(createReadStream(file), createGunzip(), () => {})) {
    left -= chunk.length;
    if (left < 0) throw new Error(`it holds more than ${limit} bytes`);
    yield chunk;
  }
}

/** Reads chunks piece by piece. */
class Reader {
  readonly #chunks: AsyncGenerator<Uint8Array, void>;
  #rest: Uint8Array = new Uint8Array();

  constructor(chunks: AsyncGenerator<Uint8Array, void>) {
    this.#chunks = chunks;
  }

  /** Passes on the next bytes as they arrive. */
  async pass(count: number, take: (piece: Uint8Array) => void): Promise<void> {
    for (let left = count; left > 0;) {
      if (this.#rest.length === 0) {
        const { value } = await this.#chunks.next();
        if (value === undefined) throw new Error("it ends in the middle");
        this.#rest = value;
      }
      const piece = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(piece.length);
      left -= piece.length;
      take(piece);
    }
  }

  async read(count: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(count);
    let at = 0;
    await this.pass(count, (piece) => {
      bytes.set(piece, at);
      at += piece.length;
    });
    return bytes;
  }
}

/**
 * Reads the block that describes a member. The name of a folder ends with a slash. It is null for
 * attributes of members, which are skipped. `size` is the number of bytes that follow.
 */
function describe(block: Uint8Array): { name: string | null; size: number } {
  const text = (from: number, length: number) =>
    new TextDecoder().decode(block.subarray(from, from + length)).replace(/\0.*$/s, "");
  const sum = block.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 0x20 : byte), 0);
  const size = Number(`0o${text(124, 12).trim()}`);
  if (sum !== Number(`0o${text(148, 8).trim()}`) || !Number.isInteger(size)) {
    throw new Error("it is not a tar archive, or damaged");
  }
  const prefix = text(257, 8) === "ustar" ? text(345, 155) : "";
  const name = prefix === "" ? text(0, 100) : `${prefix}/${text(0, 100)}`;
  const type = String.fromCharCode(block[156]);
  if (type === "0" || type === "\0") return { name, size };
  if (type === "5") return { name: `${name}/`, size: 0 };
  if (type === "x" || type === "g") return { name: null, size };
  throw new Error(
    `its member ${JSON.stringify(name)} is a link or a device (type ${JSON.stringify(type)}), ` +
      `but only files and folders are allowed`,
  );
}

/**
 * Creates a file of an archive and its parent folders.
 *
 * @param folder folder that the archive is unpacked into
 * @param name name of the member; the name of a folder ends with a slash
 * @returns null for a folder, which is made with its files
 * @throws Error if the member would lie outside the folder, or exists already
 */
export function createMember(folder: string, name: string): Deno.FsFile | null {
  const parts = name.split(/[/\\]/);
  if (parts[0] === "" || /^[a-z]:/i.test(name) || parts.includes("..")) {
    throw new Error(`its member ${JSON.stringify(name)} would lie outside the folder`);
  }
  if (parts.at(-1) === "") return null;
  const path = join(folder, ...parts);
  Deno.mkdirSync(dirname(path), { recursive: true });
  return Deno.openSync(path, { write: true, createNew: true });
}
