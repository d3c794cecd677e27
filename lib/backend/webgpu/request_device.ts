/**
 * Requests the adapter of the machine's fastest GPU.
 *
 * @throws Error if there is no driver, saying how to get one
 */
export async function requestAdapter(): Promise<GPUAdapter> {
  const adapter = await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" });
  if (adapter) return adapter;
  throw new Error(
    "WebGPU finds no driver here; install one for Vulkan, Metal or Direct3D 12 (on Linux libvulkan " +
      "with the GPU's own driver, or with mesa-vulkan-drivers of Debian and Ubuntu)",
  );
}

/**
 * The limits that the largest feature maps and the kernels' tiles exceed. WebGPU grants small
 * defaults (128 MiB a buffer, 16 KiB of memory a workgroup) unless more is requested.
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
 * Requests a device with the adapter's own values of `LIMITS`. It requests no optional feature:
 * times are taken on the processor's clock, and everything is float32.
 */
export function requestDevice(adapter: GPUAdapter): Promise<GPUDevice> {
  const requiredLimits = Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]]));
  return adapter.requestDevice({ requiredLimits });
}
