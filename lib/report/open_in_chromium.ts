import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { UserError } from "../user_error.ts";

/** A page takes about a second; a browser that hangs must not hang a notebook. */
const TIME_LIMIT_MS = 60_000;

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // No name can be looked up: a page that needs the network shows it here, not at its reader's.
  "--host-resolver-rules=MAP * ~NOTFOUND",
];

/** What came of a page. */
export interface PageOutcome {
  readonly stdout: string;
  readonly stderr: string;
  /** The bytes of a PNG when the flags asked for `--screenshot`. */
  readonly screenshot: Uint8Array | null;
}

/**
 * Opens a page, without a network and in a profile of its own, and leaves nothing behind.
 *
 * @param flags what to do with the page, beside the usual flags
 * @throws UserError when the browser fails or hangs
 */
export async function openInChromium(
  executable: string,
  html: string,
  flags: readonly string[],
): Promise<PageOutcome> {
  const folder = await Deno.makeTempDir({ prefix: "bss-chromium-" });
  try {
    const page = join(folder, "page.html");
    await Deno.writeTextFile(page, html);
    const output = await run(executable, folder, [...flags, page]);
    const [stdout, stderr] = [output.stdout, output.stderr].map((bytes) =>
      new TextDecoder().decode(bytes)
    );
    if (!output.success) throw browserError(executable, stderr);
    const screenshot = await Deno.readFile(join(folder, "screenshot.png")).catch(() => null);
    return { stdout, stderr, screenshot };
  } finally {
    await removeProfile(folder);
  }
}

async function run(
  executable: string,
  folder: string,
  args: readonly string[],
): Promise<Deno.CommandOutput> {
  try {
    return await new Deno.Command(executable, {
      args: [...FLAGS, `--user-data-dir=${join(folder, "profile")}`, ...args],
      cwd: folder,
      signal: AbortSignal.timeout(TIME_LIMIT_MS),
    }).output();
  } catch (error) {
    throw browserError(executable, String(error));
  }
}

/** The error of a browser that does not do what it is asked. */
export function browserError(executable: string, said: string): UserError {
  return new UserError(
    `${executable} failed or took longer than ${TIME_LIMIT_MS / 1000} s to show a page; ` +
      `set CHROMIUM to another browser. It said:\n${said}`,
  );
}

/**
 * The browser's helpers end a moment after it and may write into its profile until then, so a first
 * removal may find a folder that is not empty. (`maxRetries` of node:fs does nothing in Deno.)
 */
async function removeProfile(folder: string): Promise<void> {
  for (let tries = 20; tries > 1; tries--) {
    const removed = await Deno.remove(folder, { recursive: true }).then(() => true, () => false);
    if (removed) return;
    await delay(50);
  }
  await Deno.remove(folder, { recursive: true });
}
