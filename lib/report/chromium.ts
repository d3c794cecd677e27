import { rm } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { UserError } from "../user_error.ts";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];

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

/**
 * The browser that draws static pictures: `$CHROMIUM`, else the first of chromium,
 * chromium-browser and google-chrome on the path, else `null`.
 *
 * @throws UserError when `$CHROMIUM` names a file that is not there
 */
export async function findChromium(): Promise<string | null> {
  const chosen = Deno.env.get("CHROMIUM");
  if (chosen) {
    if (await isFile(chosen)) return chosen;
    throw new UserError(`CHROMIUM is "${chosen}", but there is no such file`);
  }
  const folders = (Deno.env.get("PATH") ?? "").split(delimiter).filter((folder) => folder !== "");
  for (const name of NAMES) {
    for (const folder of folders) {
      if (await isFile(join(folder, name))) return join(folder, name);
    }
  }
  return null;
}

async function isFile(path: string): Promise<boolean> {
  return (await Deno.stat(path).catch(() => null))?.isFile ?? false;
}

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
    const { success, stdout, stderr } = await new Deno.Command(executable, {
      args: [...FLAGS, `--user-data-dir=${join(folder, "profile")}`, ...flags, page],
      cwd: folder,
      env: { TMPDIR: folder },
      signal: AbortSignal.timeout(TIME_LIMIT_MS),
    }).output();
    const [out, said] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    if (!success) {
      throw new UserError(
        `${executable} could not show a page; set CHROMIUM to another browser. It said:\n${said}`,
      );
    }
    const screenshot = await Deno.readFile(join(folder, "screenshot.png")).catch(() => null);
    return { stdout: out, stderr: said, screenshot };
  } finally {
    // The browser's helpers end a moment after it, and may write into their profile until then.
    await rm(folder, { recursive: true, maxRetries: 10, retryDelay: 50 });
  }
}
