import { findNbclient } from "../../lib/notebook/find_nbclient.ts";

const isIgnored = await findNbclient() === null;

/**
 * Registers a test that executes a notebook. Without nbclient it is skipped, and its name says why.
 */
export function executionTest(name: string, fn: () => Promise<void>): void {
  Deno.test({
    name: isIgnored ? `${name} (skipped: there is no nbclient)` : name,
    ignore: isIgnored,
    fn,
  });
}
