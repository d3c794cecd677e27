/** The device was lost or refused its work. Its tensors can no longer be read. */
export class DeviceError extends Error {
  override name = "DeviceError";
}
