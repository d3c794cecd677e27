import { startBackend } from "../../lib/backend/start_backend.ts";

const { backend: { name: backend } } = await startBackend();
const isIgnored = ["wasm", "cpu"].includes(backend);

/** Registers a test that trains for long. It is skipped without native code, and its name says why. */
export function longTest(name: string, fn: () => Promise<void>): void {
  Deno.test({
    name: isIgnored ? `${name} (skipped: ${backend} is the fastest backend here)` : name,
    ignore: isIgnored,
    fn,
  });
}
