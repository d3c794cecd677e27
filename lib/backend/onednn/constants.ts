/** Numbers of oneDNN's enums (dnnl_types.h, dnnl_common_types.h), the same in every 3.x. */

export const Status = { success: 0 } as const;

/** `dnnl_data_type_t` */
export const DataType = { bf16: 2, f32: 3, u8: 6 } as const;
export type DataType = typeof DataType[keyof typeof DataType];

/** The bytes of one value. */
export const BYTES: Record<DataType, number> = { 2: 2, 3: 4, 6: 1 };

/** `dnnl_fpmath_mode_t`: computes float32 in float32. */
export const STRICT = 0;

/** `dnnl_cpu_isa_t` */
export const INSTRUCTION_SETS: Readonly<Record<number, string>> = {
  0x1: "SSE4.1",
  0x3: "AVX",
  0x7: "AVX2",
  0xf: "AVX2 with VNNI",
  0x1f: "AVX2 with VNNI and bfloat16",
  0x27: "AVX-512",
  0x67: "AVX-512 with VNNI",
  0xe7: "AVX-512 with bfloat16",
  0x1ef: "AVX-512 with float16",
  0xfef: "AMX",
  0x1fef: "AMX with float16",
};

/** `dnnl_prop_kind_t` */
export const Propagation = {
  forwardTraining: 64,
  forwardInference: 96,
  backward: 128,
} as const;

/** `dnnl_alg_kind_t` */
export const Algorithm = {
  convolutionDirect: 1,
  relu: 32,
  square: 35,
  sqrt: 37,
  linear: 38,
  exp: 42,
  clip: 46,
  log: 45,
  poolingAverageWithoutPadding: 1023,
  add: 131056,
  mul: 131057,
  max: 131058,
  min: 131059,
  div: 131060,
  sub: 131061,
  greater: 131063,
  reductionMax: 196594,
  reductionSum: 196596,
  reductionMean: 196598,
  softmax: 196608,
  logSoftmax: 196609,
} as const;

/** Flags of batch normalisation. */
export const NormalisationFlag = {
  globalStatistics: 1,
  scale: 2,
  shift: 4,
  relu: 8,
} as const;

/** `DNNL_ARG_*`: the arguments of primitives. */
export const Argument = {
  src: 1,
  src1: 2,
  dst: 17,
  weights: 33,
  bias: 41,
  mean: 49,
  variance: 50,
  scale: 51,
  shift: 52,
  workspace: 64,
  scratchpad: 80,
  diffSrc: 129,
  diffDst: 145,
  diffWeights: 161,
  diffScale: 255,
  diffShift: 256,
  /** The second operand of the index-th post-operation. */
  postOperation: (index: number) => 32768 * (index + 1) | 2,
} as const;

/** `dnnl_query_t` */
export const Query = { implementation: 8, scratchpad: 136, argument: 255 } as const;

/** `dnnl_format_tag_any`: a layout that oneDNN chooses. */
export const ANY_LAYOUT = 1;

export const USER_SCRATCHPAD = 1;
export const CPU_ENGINE = 1;
export const IN_ORDER = 1;
