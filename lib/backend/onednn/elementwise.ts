import { Algorithm, Argument, Propagation } from "./constants.ts";
import { rowMajor } from "./memory_layout.ts";
import type { OnednnBackend } from "./onednn_backend.ts";
import type { Primitive } from "./primitive.ts";
import { binaryOperation, elementwise } from "./recipes.ts";

/** `execute(a, b, sum)`: a + b, or relu(a + b); the sum may overwrite a. */
export function addition(backend: OnednnBackend, size: number, relu: boolean): Primitive {
  return backend.primitive(`addition ${size} ${relu}`, () => {
    const layout = rowMajor(backend.dnnl, [size]);
    return binaryOperation(backend.dnnl, Algorithm.add, {
      src: layout,
      src1: layout,
      dst: layout,
      postOperations: relu ? [{ kind: "elementwise", algorithm: Algorithm.relu }] : [],
    });
  });
}

/** `execute(y, dy, dx)`: dy where y > 0, and 0 elsewhere. */
export function reluGradient(backend: OnednnBackend, size: number): Primitive {
  const key = `relu ${size}`;
  const { symbols, engine } = backend.dnnl;
  return backend.primitive(`${key} gradient`, () => {
    const layout = rowMajor(backend.dnnl, [size]);
    const { handle } = layout;
    const forward = backend.primitive(key, () =>
      elementwise(backend.dnnl, {
        propagation: Propagation.forwardTraining,
        algorithm: Algorithm.relu,
        layout,
      }));
    return {
      create: (place, attributes) =>
        symbols.dnnl_eltwise_backward_primitive_desc_create(
          place,
          engine,
          Algorithm.relu,
          handle,
          handle,
          handle,
          0,
          0,
          forward.descriptor,
          attributes,
        ),
      arguments: [Argument.src, Argument.diffDst, Argument.diffSrc],
    };
  });
}
