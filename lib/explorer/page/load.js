// Unpacks the page's files and starts its code. It is all that the page runs unpacked.
// deno-lint-ignore-file no-undef -- its globals are the page's

/** Unpacks a file of explorer_data.js: gzipped, in base64. */
async function unpackData(name) {
  const packed = Uint8Array.from(atob(explorerData[name]), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

{
  const { nonce } = document.currentScript;
  unpackData("code").then((bytes) => {
    const text = new TextDecoder().decode(bytes);
    document.head.append(Object.assign(document.createElement("script"), { nonce, text }));
  });
}
