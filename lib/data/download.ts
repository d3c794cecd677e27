import { basename, dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fetchRest, FinalAnswer } from "./fetch_rest.ts";
import { md5OfFile } from "./md5.ts";
import { PartFile } from "./part_file.ts";
import { CLEAR_LINE, writeToStderr } from "../files/write_to_stderr.ts";
import { UserError } from "../user_error.ts";

/** A file on a server, with the size and checksum that its makers publish. */
export interface RemoteFile {
  readonly url: string;
  readonly md5: string;
  /** Size in bytes. */
  readonly size: number;
  /** Milliseconds to wait before each further try. After new bytes, the pauses start over. */
  readonly pauses?: readonly number[];
  /** Milliseconds without a byte after which a connection counts as broken. */
  readonly patience?: number;
}

const PAUSES = [1000, 2000, 4000, 8000];

/**
 * Downloads a file, checks it, and only then moves it to its target. After a broken connection, the
 * next one continues from there, also in another process.
 *
 * @param file path of the target
 * @throws UserError naming the file, the URL and the folder for a manual download
 */
export async function download(
  remote: RemoteFile,
  file: string,
  options?: DisplayOptions,
): Promise<void> {
  const display = new DownloadDisplay(basename(file), remote.size, options);
  const part = await PartFile.open(
    file,
    () => display.say("another process is downloading it; waiting"),
  );
  if (part === null) return;
  try {
    display.say(`downloading from ${remote.url}`);
    await fetchWhole(remote, file, part, display);
    await part.finish(file);
  } catch (error) {
    await part.leave();
    throw error;
  } finally {
    display.clear();
  }
}

async function fetchWhole(
  remote: RemoteFile,
  file: string,
  part: PartFile,
  display: DownloadDisplay,
): Promise<void> {
  const byHand = `get it from ${remote.url} by other means and put it in ${dirname(file)}`;
  const fetchAndHash = async () => {
    await fetchInTries(remote, part, display).catch((error) => {
      if (error instanceof UserError) throw error;
      throw new UserError(
        `${file} is missing and cannot be downloaded (${error.message}); ` +
          `${part.validator === null ? "" : "try again to continue the download, or "}${byHand}`,
        { cause: error },
      );
    });
    return await md5OfFile(part.path);
  };
  let actual = await fetchAndHash();
  if (actual !== remote.md5 && part.joined) {
    display.say("its pieces do not fit together; starting over");
    await part.startOver(null);
    actual = await fetchAndHash();
  }
  if (actual === remote.md5) return;
  await part.startOver(null);
  throw new UserError(
    `the download of ${file} is damaged: its MD5 is ${actual}, not ${remote.md5}; ` +
      `try again, or ${byHand}`,
  );
}

async function fetchInTries(
  remote: RemoteFile,
  part: PartFile,
  display: DownloadDisplay,
): Promise<void> {
  const { size, pauses = PAUSES } = remote;
  let failures = 0;
  for (let furthest = part.length; part.length < size;) {
    try {
      await fetchRest(remote, part, (bytes) => display.update(bytes));
    } catch (error) {
      if (error instanceof UserError || error instanceof FinalAnswer) throw error;
      if (part.length > furthest) failures = 0;
      furthest = Math.max(furthest, part.length);
      const reason = reasonOf(error as Error);
      const pause = pauses[failures++];
      if (pause === undefined) throw new Error(`${failures} tries, the last: ${reason}`);
      display.say(`${reason}; trying again in ${pause / 1000} s`);
      await delay(pause);
    }
  }
}

/** Returns the reason of an error. A failed `fetch()` has its reason in the cause. */
function reasonOf({ message, cause }: Error): string {
  return cause instanceof Error ? cause.message : message;
}

/** The output for the progress of downloads. Tests replace it. */
interface DisplayOptions {
  /** True if the output can rewrite a line. */
  readonly terminal: boolean;
  readonly write: (text: string) => void;
}

const STANDARD_ERROR: DisplayOptions = {
  terminal: Deno.stderr.isTerminal(),
  write: writeToStderr,
};

/**
 * Shows the progress of a download on standard error: one line that is redrawn in a terminal,
 * elsewhere a line for each tenth.
 */
class DownloadDisplay {
  readonly #name: string;
  readonly #size: number;
  readonly #options: DisplayOptions;
  #shown = "0";

  /** @param size size of the whole file in bytes */
  constructor(name: string, size: number, options: DisplayOptions = STANDARD_ERROR) {
    this.#name = name;
    this.#size = size;
    this.#options = options;
  }

  /** Shows the number of bytes so far. */
  update(bytes: number): void {
    const { terminal, write } = this.#options;
    const fraction = bytes / this.#size;
    const amount = amountOf(bytes, this.#size);
    const shown = terminal ? amount : String(Math.floor(10 * fraction));
    if (shown === this.#shown) return;
    this.#shown = shown;
    const line = `${this.#name}: ${amount} (${Math.floor(100 * fraction)} %)`;
    write(terminal ? CLEAR_LINE + line : line + "\n");
  }

  /** Prints a line about the file, which stays. */
  say(text: string): void {
    this.clear();
    this.#options.write(`${this.#name}: ${text}\n`);
  }

  /** Clears the line that is redrawn. */
  clear(): void {
    if (this.#options.terminal) this.#options.write(CLEAR_LINE);
  }
}

/** "17.0 of 170.1 MB" */
function amountOf(bytes: number, size: number): string {
  const [unit, name] = size < 1e6 ? [1e3, "kB"] : [1e6, "MB"];
  return `${(bytes / unit).toFixed(1)} of ${(size / unit).toFixed(1)} ${name}`;
}
