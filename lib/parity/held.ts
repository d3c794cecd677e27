/** The tensors and networks of a comparison, freed when it ends, be it by an error. */
export class Held implements Disposable {
  readonly #stack = new DisposableStack();

  keep<T extends { dispose(): void }>(held: T): T {
    return this.#stack.adopt(held, () => held.dispose());
  }

  [Symbol.dispose](): void {
    this.#stack.dispose();
  }
}
