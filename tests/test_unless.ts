/** Registers a test that is skipped for a reason, which its name then gives; "" for no reason. */
export function testUnless(reason: string, name: string, fn: () => Promise<void> | void): void {
  Deno.test({ name: reason ? `${name} (skipped: ${reason})` : name, ignore: reason !== "", fn });
}

/** A reason to skip on other operating systems than Linux */
export const notOnLinux = Deno.build.os === "linux" ? "" : "this is not Linux";

/** A reason to skip on Windows */
export const onWindows = Deno.build.os === "windows" ? "this is Windows" : "";
