/**
 * The adapter of the machine's fastest GPU.
 *
 * @throws Error if there is no driver, with how to get one
 */
export async function requestAdapter(): Promise<GPUAdapter> {
  const adapter = await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" });
  if (adapter) return adapter;
  throw new Error(
    "WebGPU finds no driver here; it needs one for Vulkan, Metal or Direct3D 12, on Linux with " +
      "libvulkan (a GPU's own, or mesa-vulkan-drivers of Debian and Ubuntu)",
  );
}

/**
 * What the largest feature maps of a mini-batch and the kernels' tiles need; WebGPU grants its small
 * defaults (128 MiB a buffer, 16 KiB of a workgroup's memory) unless asked for what the adapter has.
 */
const LIMITS = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxComputeWorkgroupStorageSize",
  "maxComputeWorkgroupsPerDimension",
  "maxComputeWorkgroupSizeX",
  "maxComputeInvocationsPerWorkgroup",
] as const satisfies (keyof GPUSupportedLimits)[];

/**
 * A device with all that the adapter has of what training needs. No optional feature is asked for:
 * times are taken on the processor's clock, and everything is float32.
 */
export function requestDevice(adapter: GPUAdapter): Promise<GPUDevice> {
  const requiredLimits = Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]]));
  return adapter.requestDevice({ requiredLimits });
}
