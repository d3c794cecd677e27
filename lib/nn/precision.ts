/** The number types of a network: float32, or bfloat16 with sums in float32. */
export const PRECISIONS = ["f32", "bf16"] as const;
export type Precision = typeof PRECISIONS[number];
