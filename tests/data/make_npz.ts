import { zipSync } from "fflate";

/** An array with NumPy's name of its type ("|u1" for bytes) and the bytes of its values. */
export interface NpySource {
  readonly type: string;
  readonly shape: readonly number[];
  readonly values: ArrayBufferView<ArrayBuffer>;
  /** True if the values are stored column by column. */
  readonly fortranOrder?: boolean;
}

/** Makes an npy file of version 1. */
export function makeNpy({ type, shape, values, fortranOrder = false }: NpySource): Uint8Array {
  const order = fortranOrder ? "True" : "False";
  const sizes = shape.map((size) => `${size},`).join(" ");
  const header = `{'descr': '${type}', 'fortran_order': ${order}, 'shape': (${sizes}), }\n`;
  const data = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const bytes = new Uint8Array(10 + header.length + data.length);
  bytes.set([0x93, ...new TextEncoder().encode("NUMPY"), 1, 0]);
  new DataView(bytes.buffer).setUint16(8, header.length, true);
  bytes.set(new TextEncoder().encode(header), 10);
  bytes.set(data, 10 + header.length);
  return bytes;
}

/** Makes an npz file with uncompressed arrays. */
export function makeNpz(arrays: Readonly<Record<string, NpySource>>): Uint8Array<ArrayBuffer> {
  const files = Object.entries(arrays).map(([name, array]) => [`${name}.npy`, makeNpy(array)]);
  return new Uint8Array(zipSync(Object.fromEntries(files), { level: 0 }));
}
