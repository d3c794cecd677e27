import { Argument, type DataType, Query, Status, USER_SCRATCHPAD } from "./constants.ts";
import { copyOfLayout, type Layout } from "./memory_layout.ts";
import { check, created, type Library } from "./open_library.ts";

/** An operation applied to a result before it is written. */
export type PostOperation =
  | { readonly kind: "add to destination" }
  | {
    readonly kind: "elementwise";
    readonly algorithm: number;
    readonly alpha?: number;
  }
  | { readonly kind: "binary"; readonly algorithm: number; readonly operand: Layout };

/** The description from which a primitive is made. */
export interface PrimitiveRecipe {
  /**
   * Calls oneDNN's `…_primitive_desc_create`.
   *
   * @param place receives the handle
   */
  create(place: BigUint64Array<ArrayBuffer>, attributes: Deno.PointerValue): number;
  /** The arguments of `execute`, in its order. */
  readonly arguments: readonly number[];
  readonly postOperations?: readonly PostOperation[];
  /**
   * Names of implementations to prefer over oneDNN's first choice, best first. Those that the
   * machine lacks are skipped.
   */
  readonly preferred?: readonly string[];
}

/** Lends primitives the working memory that they need while they run. */
interface Lender {
  scratchpad(bytes: number): Deno.PointerValue;
}

/** The handles of a primitive, freed after it is collected as garbage. */
interface Handles {
  readonly symbols: Library["symbols"];
  readonly primitive: Deno.PointerValue;
  readonly descriptor: Deno.PointerValue;
  readonly memories: readonly Deno.PointerValue[];
}

const collected = new FinalizationRegistry<Handles>(
  ({ symbols, primitive, descriptor, memories }) => {
    symbols.dnnl_primitive_destroy(primitive);
    symbols.dnnl_primitive_desc_destroy(descriptor);
    for (const memory of memories) symbols.dnnl_memory_destroy(memory);
  },
);

/** A prepared operation on memory of fixed layouts. */
export class Primitive {
  /** oneDNN's name for the implementation, such as "brg_conv_fwd:avx512_core". */
  readonly implementation: string;
  readonly #library: Library;
  readonly #handle: Deno.PointerValue;
  readonly #descriptor: Deno.PointerValue;
  readonly #memories: Deno.PointerValue[];
  readonly #list: BigUint64Array<ArrayBuffer>;
  readonly #lender: Lender;
  readonly #scratchpadSize: number;
  readonly #scratchpadMemory: Deno.PointerValue = null;

  /** @throws Error if oneDNN cannot do this */
  constructor(library: Library, recipe: PrimitiveRecipe, lender: Lender) {
    this.#library = library;
    this.#lender = lender;
    const { symbols, engine } = library;
    this.#descriptor = describe(library, recipe);
    this.implementation = implementationOf(library, this.#descriptor);
    this.#handle = created((place) => symbols.dnnl_primitive_create(place, this.#descriptor));
    const memoryOf = (descriptor: Deno.PointerValue) =>
      created((place) => symbols.dnnl_memory_create(place, descriptor, engine, null));
    this.#memories = recipe.arguments.map((argument) => memoryOf(this.#descriptorOf(argument)));

    const padDescriptor = symbols.dnnl_primitive_desc_query_md(
      this.#descriptor,
      Query.scratchpad,
      0,
    );
    this.#scratchpadSize = Number(symbols.dnnl_memory_desc_get_size(padDescriptor));
    const ids = [...recipe.arguments];
    const memories = [...this.#memories];
    if (this.#scratchpadSize > 0) {
      this.#scratchpadMemory = memoryOf(padDescriptor);
      ids.push(Argument.scratchpad);
      memories.push(this.#scratchpadMemory);
    }
    const handles = { symbols, primitive: this.#handle, descriptor: this.#descriptor, memories };
    collected.register(this, handles);
    // dnnl_exec_arg_t: a 32-bit number, padding, a pointer.
    this.#list = new BigUint64Array(2 * ids.length);
    ids.forEach((id, index) => {
      this.#list[2 * index] = BigInt(id);
      this.#list[2 * index + 1] = BigInt(Deno.UnsafePointer.value(memories[index]));
    });
  }

  /** @param pointers the addresses of the recipe's arguments, in their order */
  execute(...pointers: Deno.PointerValue[]): void {
    const { symbols, stream } = this.#library;
    for (let index = 0; index < pointers.length; index++) {
      symbols.dnnl_memory_set_data_handle(this.#memories[index], pointers[index]);
    }
    if (this.#scratchpadSize > 0) {
      const pad = this.#lender.scratchpad(this.#scratchpadSize);
      symbols.dnnl_memory_set_data_handle(this.#scratchpadMemory, pad);
    }
    check(
      symbols.dnnl_primitive_execute(this.#handle, stream, this.#list.length / 2, this.#list),
      this.implementation,
    );
  }

  /** Returns the layout that oneDNN chose for an argument; makes a new object each time. */
  layoutOf(argument: number, dimensions: readonly number[], type: DataType): Layout {
    return copyOfLayout(this.#library, this.#descriptorOf(argument), dimensions, type);
  }

  /** Returns the size of an argument in bytes. */
  sizeOf(argument: number): number {
    const { symbols } = this.#library;
    return Number(symbols.dnnl_memory_desc_get_size(this.#descriptorOf(argument)));
  }

  /** The descriptor, as a hint for the backward primitive. */
  get descriptor(): Deno.PointerValue {
    return this.#descriptor;
  }

  #descriptorOf(argument: number): Deno.PointerValue {
    const { symbols } = this.#library;
    return symbols.dnnl_primitive_desc_query_md(this.#descriptor, Query.argument, argument);
  }
}

/**
 * Makes the descriptor of the best implementation. AMX, the processor's own matrix product, comes
 * before any preferred one: a bfloat16 ResNet26 takes 15.9 ms for 256 images with it, and 80.6 ms
 * with the best of the others (Intel Xeon, 2 cores).
 */
function describe(library: Library, recipe: PrimitiveRecipe): Deno.PointerValue {
  const attributes = attributesOf(library, recipe);
  const { symbols } = library;
  try {
    const first = () => created((place) => recipe.create(place, attributes));
    const usual = first();
    if (!recipe.preferred || /amx/.test(implementationOf(library, usual))) return usual;
    symbols.dnnl_primitive_desc_destroy(usual);
    for (const wanted of recipe.preferred) {
      const descriptor = first();
      do {
        if (implementationOf(library, descriptor) === wanted) return descriptor;
      } while (symbols.dnnl_primitive_desc_next_impl(descriptor) === Status.success);
      symbols.dnnl_primitive_desc_destroy(descriptor);
    }
    return first();
  } finally {
    symbols.dnnl_primitive_attr_destroy(attributes);
  }
}

/** Lists the names of all implementations that oneDNN has for a recipe, in its order. */
export function implementationsOf(library: Library, recipe: PrimitiveRecipe): string[] {
  const attributes = attributesOf(library, recipe);
  const descriptor = created((place) => recipe.create(place, attributes));
  const names: string[] = [];
  do names.push(implementationOf(library, descriptor)); while (
    library.symbols.dnnl_primitive_desc_next_impl(descriptor) === Status.success
  );
  library.symbols.dnnl_primitive_desc_destroy(descriptor);
  library.symbols.dnnl_primitive_attr_destroy(attributes);
  return names;
}

function implementationOf({ symbols }: Library, descriptor: Deno.PointerValue): string {
  const place = new BigUint64Array(1);
  check(symbols.dnnl_primitive_desc_query(descriptor, Query.implementation, 0, place), "a query");
  return Deno.UnsafePointerView.getCString(Deno.UnsafePointer.create(place[0])!);
}

function attributesOf(
  { symbols }: Library,
  { postOperations = [] }: PrimitiveRecipe,
): Deno.PointerValue {
  const attributes = created((place) => symbols.dnnl_primitive_attr_create(place));
  check(symbols.dnnl_primitive_attr_set_scratchpad_mode(attributes, USER_SCRATCHPAD), "attributes");
  if (postOperations.length === 0) return attributes;
  const list = created((place) => symbols.dnnl_post_ops_create(place));
  for (const operation of postOperations) {
    check(append(operation), operation.kind);
  }
  check(symbols.dnnl_primitive_attr_set_post_ops(attributes, list), "post-operations");
  symbols.dnnl_post_ops_destroy(list);
  return attributes;

  function append(operation: PostOperation): number {
    switch (operation.kind) {
      case "add to destination":
        // 0: the destination's own type.
        return symbols.dnnl_post_ops_append_sum(list, 1, 0, 0);
      case "elementwise": {
        const { algorithm, alpha = 0 } = operation;
        return symbols.dnnl_post_ops_append_eltwise(list, algorithm, alpha, 0);
      }
      case "binary":
        return symbols.dnnl_post_ops_append_binary(
          list,
          operation.algorithm,
          operation.operand.handle,
        );
    }
  }
}
