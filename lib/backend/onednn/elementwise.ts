import { Algorithm, Argument, Propagation } from "./constants.ts";
import { rowMajor } from "./memory_layout.ts";
import type { OnednnBackend } from "./onednn_backend.ts";
import type { Primitive } from "./primitive.ts";

/** `execute(a, b, sum)`: a + b, or relu(a + b); the sum may lie where a does. */
export function addition(backend: OnednnBackend, size: number, relu: boolean): Primitive {
  return backend.primitive(`addition ${size} ${relu}`, () => {
    const { symbols, engine } = backend.dnnl;
    const { handle } = rowMajor(backend.dnnl, [size]);
    return {
      create: (place, attributes) =>
        symbols.dnnl_binary_primitive_desc_create(
          place,
          engine,
          Algorithm.add,
          handle,
          handle,
          handle,
          attributes,
        ),
      arguments: [Argument.src, Argument.src1, Argument.dst],
      postOperations: relu ? [{ kind: "elementwise", algorithm: Algorithm.relu }] : [],
    };
  });
}

/** `execute(y, dy, dx)`: dy where y > 0, else 0. */
export function reluGradient(backend: OnednnBackend, size: number): Primitive {
  const key = `relu ${size}`;
  const { symbols, engine } = backend.dnnl;
  return backend.primitive(`${key} gradient`, () => {
    const { handle } = rowMajor(backend.dnnl, [size]);
    const forward = backend.primitive(key, () => ({
      create: (place, attributes) =>
        symbols.dnnl_eltwise_forward_primitive_desc_create(
          ...[place, engine, Propagation.forwardTraining, Algorithm.relu] as const,
          ...[handle, handle, 0, 0, attributes] as const,
        ),
      arguments: [Argument.src, Argument.dst],
    }));
    return {
      create: (place, attributes) =>
        symbols.dnnl_eltwise_backward_primitive_desc_create(
          ...[place, engine, Algorithm.relu, handle, handle, handle, 0, 0] as const,
          ...[forward.descriptor, attributes] as const,
        ),
      arguments: [Argument.src, Argument.diffDst, Argument.diffSrc],
    };
  });
}
