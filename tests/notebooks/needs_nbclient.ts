import { findNbclient } from "../../lib/notebook/find_nbclient.ts";

const isIgnored = await findNbclient() === null;

/** A test that executes a notebook; a machine without nbclient leaves it out, and its name says why. */
export function executionTest(name: string, fn: () => Promise<void>): void {
  Deno.test({
    name: isIgnored ? `${name} (skipped: there is no nbclient)` : name,
    ignore: isIgnored,
    fn,
  });
}
