/** Tensors and networks that are freed at the end of a block, be it by an error or a Stop. */
export class Held implements Disposable {
  readonly #stack = new DisposableStack();

  keep<T extends { dispose(): void }>(held: T): T {
    return this.#stack.adopt(held, () => held.dispose());
  }

  [Symbol.dispose](): void {
    this.#stack.dispose();
  }
}
