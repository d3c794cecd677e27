import { findChromium } from "../../lib/report/find_chromium.ts";

const chromium = await findChromium();
const reason = "needs Chromium; name it in CHROMIUM or put it on the PATH";

/** A test that a machine without Chromium leaves out, with the reason in its name. */
export function browserTest(name: string, fn: (executable: string) => Promise<void>): void {
  Deno.test({
    name: chromium ? name : `${name} (${reason})`,
    ignore: chromium === null,
    fn: () => fn(chromium!),
  });
}
