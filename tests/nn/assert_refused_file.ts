import { assertStringIncludes, assertThrows } from "@std/assert";
import { decodePytorchFile } from "../../lib/nn/pytorch_file.ts";
import { UserError } from "../../lib/user_error.ts";

/** Checks that a file is refused with the file's name, a reason and the remedy. */
export function assertRefused(bytes: Uint8Array, reason: string): void {
  const error = assertThrows(() => decodePytorchFile(bytes, "w.pth"), UserError);
  assertStringIncludes(error.message, "cannot take weights from w.pth: ");
  assertStringIncludes(error.message, reason);
  assertStringIncludes(error.message, "torch.save(network.state_dict(), FILE)");
}
