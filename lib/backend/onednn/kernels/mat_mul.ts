import * as tf from "@tensorflow/tfjs";
import { isFloat, type Kernel } from "./kernel.ts";
import { rowMajor, sizeOf, strided } from "../memory_layout.ts";
import { product } from "../recipes.ts";

/** Products of matrices, `[…, m, k] × […, k, n]`, optionally transposed. */
export const batchMatMul: Kernel = {
  kernelName: tf.BatchMatMul,
  run({ inputs: { a, b }, attrs: { transposeA, transposeB }, backend }) {
    const batch = a.shape.slice(0, -2);
    // Broadcasting over the batch is left to the loop.
    if (!isFloat(a, b) || String(batch) !== String(b.shape.slice(0, -2))) return null;
    if (sizeOf(a.shape) === 0 || sizeOf(b.shape) === 0) return null;
    const count = sizeOf(batch);
    const [rowsA, columnsA] = a.shape.slice(-2);
    const [rowsB, columnsB] = b.shape.slice(-2);
    const m = transposeA ? columnsA : rowsA;
    const k = transposeA ? rowsA : columnsA;
    const n = transposeB ? rowsB : columnsB;
    const { dnnl: library } = backend;
    const y = backend.output([...batch, m, n]);
    const primitive = backend.primitive(
      `matMul ${count},${m},${k},${n} ${transposeA} ${transposeB}`,
      () => {
        const matrix = (rows: number, columns: number, transposed: boolean) =>
          strided(
            library,
            [count, rows, columns],
            transposed ? [rows * columns, 1, rows] : [rows * columns, columns, 1],
          );
        return product(library, {
          src: matrix(m, k, transposeA),
          weights: matrix(k, n, transposeB),
          dst: rowMajor(library, [count, m, n]),
        });
      },
    );
    primitive.execute(backend.pointer(a), backend.pointer(b), y.pointer);
    return y.info;
  },
};
