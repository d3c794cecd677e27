/** Loss or weights are no longer finite; the message says where. */
export class NotFiniteError extends Error {
  override readonly name = "NotFiniteError";
}
