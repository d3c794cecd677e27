// Starts the page's code, with `unpack` and `runPacked`. It is all that the page runs unpacked.
// deno-lint-ignore-file no-undef -- its globals are the page's

/** Unpacks a file of explorer_data.js. */
function unpackData(name) {
  return unpack(explorerData[name]);
}

runPacked(explorerData.code);
