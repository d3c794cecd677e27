import { Argument } from "./constants.ts";
import type { Layout } from "./memory_layout.ts";
import type { Library } from "./open_library.ts";
import type { PrimitiveRecipe } from "./primitive.ts";

/** `execute(from, to)`: copies values to another layout or type. */
export function reorder({ symbols, engine }: Library, from: Layout, to: Layout): PrimitiveRecipe {
  return {
    create: (place, attributes) =>
      symbols.dnnl_reorder_primitive_desc_create(
        place,
        from.handle,
        engine,
        to.handle,
        engine,
        attributes,
      ),
    arguments: [Argument.src, Argument.dst],
  };
}
