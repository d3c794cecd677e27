import { Algorithm, Argument, DataType, Propagation } from "./constants.ts";
import { rowMajor } from "./memory_layout.ts";
import type { OnednnBackend } from "./onednn_backend.ts";
import type { Primitive } from "./primitive.ts";
import { binaryOperation, elementwise } from "./recipes.ts";

/** `execute(a, b, sum)`: a + b, or relu(a + b); the sum may overwrite a. */
export function addition(
  backend: OnednnBackend,
  size: number,
  relu: boolean,
  type: DataType = DataType.f32,
): Primitive {
  return backend.primitive(`addition ${size} ${type} ${relu}`, () => {
    const layout = rowMajor(backend.dnnl, [size], type);
    return binaryOperation(backend.dnnl, Algorithm.add, {
      src: layout,
      src1: layout,
      dst: layout,
      postOperations: relu ? [{ kind: "elementwise", algorithm: Algorithm.relu }] : [],
    });
  });
}

/** `execute(x, y)`: x where x > 0, and 0 elsewhere; y may overwrite x. */
export function relu(
  backend: OnednnBackend,
  size: number,
  type: DataType = DataType.f32,
): Primitive {
  return backend.primitive(`relu ${size} ${type}`, () =>
    elementwise(backend.dnnl, {
      propagation: Propagation.forwardTraining,
      algorithm: Algorithm.relu,
      layout: rowMajor(backend.dnnl, [size], type),
    }));
}

/** `execute(y, dy, dx)`: dy where y > 0, and 0 elsewhere; dx may overwrite dy. */
export function reluGradient(
  backend: OnednnBackend,
  size: number,
  type: DataType = DataType.f32,
): Primitive {
  const { symbols, engine } = backend.dnnl;
  return backend.primitive(`relu ${size} ${type} gradient`, () => {
    const { handle } = rowMajor(backend.dnnl, [size], type);
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
          relu(backend, size, type).descriptor,
          attributes,
        ),
      arguments: [Argument.src, Argument.diffDst, Argument.diffSrc],
    };
  });
}
