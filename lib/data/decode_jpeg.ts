import mozjpeg from "@jsquash/jpeg/codec/dec/mozjpeg_dec.js";
import { damagedFile } from "./damaged_file.ts";

/** The pixels of an image. */
interface DecodedJpeg {
  readonly width: number;
  readonly height: number;
  /** `[height, width, 3]`; a grey image has the same value in all three channels */
  readonly pixels: Uint8Array;
}

/** @throws UserError naming the file if it is not a whole JPEG image */
export type JpegDecoder = (bytes: Uint8Array, file: string) => DecodedJpeg;

/** The part of the library's interface that is used here. */
interface Library {
  /** Returns RGBA. */
  decode(bytes: Uint8Array, preserveOrientation: boolean): {
    readonly width: number;
    readonly height: number;
    readonly data: Uint8ClampedArray;
  };
}

const LIBRARY_FILE = import.meta.resolve("@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm");

/**
 * Starts libjpeg as WebAssembly. It is several times as fast as a decoder in JavaScript. Its pixels
 * equal those of Python's loaders, which also use libjpeg, bit for bit.
 */
export async function startJpegDecoder(): Promise<JpegDecoder> {
  const complaints: string[] = [];
  const library: Library = await mozjpeg({
    wasmBinary: await Deno.readFile(new URL(LIBRARY_FILE)),
    printErr: (text: string) => complaints.push(text),
  });
  return (bytes, file) => {
    complaints.length = 0;
    try {
      const { width, height, data } = library.decode(bytes, false);
      // The library makes up pixels that it cannot read, and only warns.
      if (complaints.length === 0) return { width, height, pixels: withoutAlpha(data) };
    } catch {
      // The exception is only an exit status; the reason is in the complaints.
    }
    throw damagedFile(file, complaints[0] ?? "it cannot be decoded");
  };
}

function withoutAlpha(rgba: Uint8ClampedArray): Uint8Array {
  const rgb = new Uint8Array(rgba.length / 4 * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    rgb[to] = rgba[from];
    rgb[to + 1] = rgba[from + 1];
    rgb[to + 2] = rgba[from + 2];
  }
  return rgb;
}
