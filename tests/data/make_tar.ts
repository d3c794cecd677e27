import { Buffer } from "node:buffer";
import { gzipSync } from "node:zlib";

/** A member of a tar archive. */
export interface TarMember {
  readonly name: string;
  /** "0" for a file, "1" and "2" for links, "5" for a folder. */
  readonly type: string;
  readonly content?: Uint8Array;
  /** Target of a link. */
  readonly target?: string;
  /** A path before the name. */
  readonly prefix?: string;
}

/** Makes a .tar.gz of any members, even those that no honest program would write. */
export function makeTar(members: readonly TarMember[]): Uint8Array<ArrayBuffer> {
  const blocks = members.flatMap((member) => {
    const content = member.content ?? new Uint8Array();
    const padding = new Uint8Array((512 - content.length % 512) % 512);
    return [blockOf(member, content.length), content, padding];
  });
  return new Uint8Array(gzipSync(Buffer.concat([...blocks, new Uint8Array(1024)])));
}

function blockOf({ name, type, target = "", prefix = "" }: TarMember, size: number): Uint8Array {
  const block = new Uint8Array(512);
  const write = (text: string, at: number) => block.set(new TextEncoder().encode(text), at);
  write(name, 0);
  write("0000644\0", 100);
  write(size.toString(8).padStart(11, "0"), 124);
  write(" ".repeat(8), 148);
  write(type, 156);
  write(target, 157);
  write("ustar\x0000", 257);
  write(prefix, 345);
  const sum = block.reduce((sum, byte) => sum + byte, 0);
  write(sum.toString(8).padStart(6, "0") + "\0 ", 148);
  return block;
}
