/** Stands in a page for the parts of Node that the library's attack and networks import. */

/** Holds nothing: in a page nothing but its reader stops an attack. */
export class AsyncLocalStorage {
  getStore(): undefined {}
}

/** Stands for functions on files, which the page never calls. */
function absent(): never {
  throw new Error("a page has no files");
}
export { absent as createHash, absent as dirname };
