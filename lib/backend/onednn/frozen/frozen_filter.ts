import { filterLayout, type Layout, sameLayout } from "../memory_layout.ts";
import type { Block } from "../arena.ts";
import type { OnednnBackend } from "../onednn_backend.ts";
import { Primitive } from "../primitive.ts";
import { reorder } from "../recipes.ts";

/** A filter with fixed values, stored in every layout and type that a primitive asked for. */
export class FrozenFilter {
  /** `[height, width, in, out]` */
  readonly shape: readonly number[];
  readonly #backend: OnednnBackend;
  readonly #values: Float32Array;
  readonly #kept: { readonly layout: Layout; readonly block: Block }[] = [];

  /** @param values row-major; copied */
  constructor(backend: OnednnBackend, values: Float32Array, shape: readonly number[]) {
    this.#backend = backend;
    this.#values = values.slice();
    this.shape = shape;
  }

  /** Returns the filter in this layout. */
  in(layout: Layout): Deno.PointerValue {
    const { dnnl: library, arena } = this.#backend;
    const kept = this.#kept.find((other) => sameLayout(library, other.layout, layout));
    if (kept) return kept.block.pointer;
    const plain = arena.copyOf(this.#values);
    const block = arena.allocate(layout.size);
    const copy = new Primitive(
      library,
      reorder(library, filterLayout(library, this.shape), layout),
      this.#backend,
    );
    copy.execute(plain.pointer, block.pointer);
    arena.release(plain);
    this.#kept.push({ layout, block });
    return block.pointer;
  }

  /**
   * Makes the filter of the backward pass: turned by 180°, with in and out channels exchanged. A
   * forward convolution of a gradient with it, at stride 1, is the input gradient. Unlike a
   * backward convolution, it can apply post-operations.
   */
  turned(): FrozenFilter {
    const [height, width, inChannels, outChannels] = this.shape;
    const turned = new Float32Array(this.#values.length);
    const taps = height * width;
    for (let tap = 0; tap < taps; tap++) {
      for (let i = 0; i < inChannels; i++) {
        for (let o = 0; o < outChannels; o++) {
          turned[((taps - 1 - tap) * outChannels + o) * inChannels + i] =
            this.#values[(tap * inChannels + i) * outChannels + o];
        }
      }
    }
    return new FrozenFilter(this.#backend, turned, [height, width, outChannels, inChannels]);
  }

  dispose(): void {
    for (const { block } of this.#kept.splice(0)) this.#backend.arena.release(block);
  }
}
