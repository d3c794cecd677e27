// Scripts and data that pages carry packed: gzipped, in Base64. The source of `unpack` and
// `runPacked` runs in pages.
// deno-lint-ignore-file no-undef -- their globals are the browser's
import { gzipSync } from "node:zlib";

/**
 * Packs text or bytes, the same way each time.
 *
 * @param {string | Uint8Array} content
 * @returns {string}
 */
export function pack(content) {
  return gzipSync(content, { level: 9 }).toString("base64");
}

/** Unpacks bytes in a page. */
export async function unpack(packed) {
  const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Runs a packed script in a page that allows the script which calls this, by its nonce. */
export async function runPacked(packed) {
  const { nonce } = document.currentScript;
  const text = new TextDecoder().decode(await unpack(packed));
  document.head.append(Object.assign(document.createElement("script"), { nonce, text }));
}
