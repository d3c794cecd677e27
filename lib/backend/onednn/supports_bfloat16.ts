import { DataType } from "./constants.ts";
import { convolutionForward } from "./convolution_recipes.ts";
import { anyLayout, channelsLast } from "./memory_layout.ts";
import type { Library } from "./open_library.ts";
import { implementationsOf } from "./primitive.ts";

/** True if the processor has instructions that multiply bfloat16. Without them oneDNN is slow. */
export function supportsBfloat16(library: Library): boolean {
  const map = channelsLast(library, [1, 8, 8, 16], DataType.bf16);
  const recipe = convolutionForward(library, {
    src: map,
    weights: anyLayout(library, [16, 16, 3, 3], DataType.bf16),
    dst: map,
    geometry: { strides: [1, 1], dilations: [1, 1], padBefore: [1, 1], padAfter: [1, 1] },
  });
  try {
    // "jit_bf16:avx512_core" only imitates them.
    return /:.*(bf16|amx|fp16|avx10)/.test(implementationsOf(library, recipe)[0]);
  } catch {
    return false; // no implementation at all
  }
}
