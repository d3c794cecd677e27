import { automaticBackend } from "../on_every_backend.ts";
import { testUnless } from "../test_unless.ts";

const reason = ["wasm", "cpu"].includes(automaticBackend)
  ? `${automaticBackend} is the fastest backend here`
  : "";

/** Registers a test that trains for long. It is skipped without native code, and its name says why. */
export function longTest(name: string, fn: () => Promise<void>): void {
  testUnless(reason, name, fn);
}
