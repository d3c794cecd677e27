/** A device that computes is gone, or refused its work: nothing that was on it can be read any more. */
export class DeviceError extends Error {
  override name = "DeviceError";
}
