/**
 * The C functions of oneDNN 3.x that this backend calls, for `Deno.dlopen`. Handles are pointers.
 * "buffer" is a typed array for one of C's arrays or for a result.
 */
export const symbols = {
  dnnl_version: { parameters: [], result: "pointer" },
  dnnl_get_effective_cpu_isa: { parameters: [], result: "i32" },
  dnnl_set_default_fpmath_mode: { parameters: ["i32"], result: "i32" },
  dnnl_engine_create: { parameters: ["buffer", "i32", "usize"], result: "i32" },
  dnnl_stream_create: { parameters: ["buffer", "pointer", "u32"], result: "i32" },
  dnnl_memory_desc_create_with_strides: {
    parameters: ["buffer", "i32", "buffer", "i32", "buffer"],
    result: "i32",
  },
  dnnl_memory_desc_create_with_tag: {
    parameters: ["buffer", "i32", "buffer", "i32", "i32"],
    result: "i32",
  },
  dnnl_memory_desc_clone: { parameters: ["buffer", "pointer"], result: "i32" },
  dnnl_memory_desc_get_size: { parameters: ["pointer"], result: "usize" },
  dnnl_memory_desc_equal: { parameters: ["pointer", "pointer"], result: "i32" },
  dnnl_memory_create: { parameters: ["buffer", "pointer", "pointer", "pointer"], result: "i32" },
  dnnl_memory_set_data_handle: { parameters: ["pointer", "pointer"], result: "i32" },
  dnnl_memory_destroy: { parameters: ["pointer"], result: "i32" },
  dnnl_post_ops_create: { parameters: ["buffer"], result: "i32" },
  dnnl_post_ops_append_eltwise: { parameters: ["pointer", "i32", "f32", "f32"], result: "i32" },
  dnnl_post_ops_append_sum: { parameters: ["pointer", "f32", "i32", "i32"], result: "i32" },
  dnnl_post_ops_append_binary: { parameters: ["pointer", "i32", "pointer"], result: "i32" },
  dnnl_post_ops_destroy: { parameters: ["pointer"], result: "i32" },
  dnnl_primitive_attr_create: { parameters: ["buffer"], result: "i32" },
  dnnl_primitive_attr_set_post_ops: { parameters: ["pointer", "pointer"], result: "i32" },
  dnnl_primitive_attr_set_scratchpad_mode: { parameters: ["pointer", "i32"], result: "i32" },
  dnnl_primitive_attr_destroy: { parameters: ["pointer"], result: "i32" },
  dnnl_primitive_desc_next_impl: { parameters: ["pointer"], result: "i32" },
  dnnl_primitive_desc_query: { parameters: ["pointer", "i32", "i32", "buffer"], result: "i32" },
  dnnl_primitive_desc_query_md: { parameters: ["pointer", "i32", "i32"], result: "pointer" },
  dnnl_primitive_desc_destroy: { parameters: ["pointer"], result: "i32" },
  dnnl_primitive_create: { parameters: ["buffer", "pointer"], result: "i32" },
  dnnl_primitive_execute: { parameters: ["pointer", "pointer", "i32", "buffer"], result: "i32" },
  dnnl_primitive_destroy: { parameters: ["pointer"], result: "i32" },
  dnnl_set_primitive_cache_capacity: { parameters: ["i32"], result: "i32" },
  dnnl_convolution_forward_primitive_desc_create: {
    parameters: [
      ...["buffer", "pointer", "i32", "i32", "pointer", "pointer", "pointer", "pointer"] as const,
      ...["buffer", "buffer", "buffer", "buffer", "pointer"] as const,
    ],
    result: "i32",
  },
  dnnl_convolution_backward_data_primitive_desc_create: {
    parameters: [
      ...["buffer", "pointer", "i32", "pointer", "pointer", "pointer"] as const,
      ...["buffer", "buffer", "buffer", "buffer", "pointer", "pointer"] as const,
    ],
    result: "i32",
  },
  dnnl_convolution_backward_weights_primitive_desc_create: {
    parameters: [
      ...["buffer", "pointer", "i32", "pointer", "pointer", "pointer", "pointer"] as const,
      ...["buffer", "buffer", "buffer", "buffer", "pointer", "pointer"] as const,
    ],
    result: "i32",
  },
  dnnl_matmul_primitive_desc_create: {
    parameters: ["buffer", "pointer", "pointer", "pointer", "pointer", "pointer", "pointer"],
    result: "i32",
  },
  dnnl_batch_normalization_forward_primitive_desc_create: {
    parameters: ["buffer", "pointer", "i32", "pointer", "pointer", "f32", "u32", "pointer"],
    result: "i32",
  },
  dnnl_batch_normalization_backward_primitive_desc_create: {
    parameters: [
      ...["buffer", "pointer", "i32", "pointer", "pointer", "pointer", "f32", "u32"] as const,
      ...["pointer", "pointer"] as const,
    ],
    result: "i32",
  },
  dnnl_pooling_forward_primitive_desc_create: {
    parameters: [
      ...["buffer", "pointer", "i32", "i32", "pointer", "pointer"] as const,
      ...["buffer", "buffer", "buffer", "buffer", "buffer", "pointer"] as const,
    ],
    result: "i32",
  },
  dnnl_pooling_backward_primitive_desc_create: {
    parameters: [
      ...["buffer", "pointer", "i32", "pointer", "pointer"] as const,
      ...["buffer", "buffer", "buffer", "buffer", "buffer", "pointer", "pointer"] as const,
    ],
    result: "i32",
  },
  dnnl_softmax_forward_primitive_desc_create: {
    parameters: ["buffer", "pointer", "i32", "i32", "pointer", "pointer", "i32", "pointer"],
    result: "i32",
  },
  dnnl_eltwise_forward_primitive_desc_create: {
    parameters: [
      ...["buffer", "pointer", "i32", "i32", "pointer", "pointer", "f32", "f32"] as const,
      "pointer",
    ],
    result: "i32",
  },
  dnnl_eltwise_backward_primitive_desc_create: {
    parameters: [
      ...["buffer", "pointer", "i32", "pointer", "pointer", "pointer", "f32", "f32"] as const,
      ...["pointer", "pointer"] as const,
    ],
    result: "i32",
  },
  dnnl_binary_primitive_desc_create: {
    parameters: ["buffer", "pointer", "i32", "pointer", "pointer", "pointer", "pointer"],
    result: "i32",
  },
  dnnl_reduction_primitive_desc_create: {
    parameters: ["buffer", "pointer", "i32", "pointer", "pointer", "f32", "f32", "pointer"],
    result: "i32",
  },
  dnnl_reorder_primitive_desc_create: {
    parameters: ["buffer", "pointer", "pointer", "pointer", "pointer", "pointer"],
    result: "i32",
  },
} as const satisfies Deno.ForeignLibraryInterface;
