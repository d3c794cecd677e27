import { basename, dirname, join } from "node:path";
import {
  debianLibraries,
  installedFolder,
  newestIn,
  placesOf,
} from "../backend/onednn/find_library.ts";
import { findProgram } from "../files/find_program.ts";
import { type ProgramOutput, runProgram } from "../files/run_program.ts";

/**
 * Installs Debian's or Ubuntu's package of oneDNN, and its missing dependencies, into the user's
 * cache folder. Needs no root. apt checks signatures and checksums.
 *
 * @param folder target folder; it appears whole or not at all
 * @returns the library's file
 * @throws Error with the reason and a command that installs oneDNN in another way
 */
export async function installOneDnn(folder: string = installedFolder()): Promise<string> {
  const { file, command } = placesOf();
  for (const program of ["apt-get", "apt-cache", "dpkg-deb", "dpkg-query"]) {
    if (await findProgram([program]) === null) {
      throw new Error(`oneDNN 3 is missing and there is no ${program}; to get it: ${command}`);
    }
  }
  const temporary = await makeFolderBeside(folder);
  try {
    const root = join(temporary, "root");
    for (const archive of await downloadPackages(temporary)) {
      await run("dpkg-deb", ["-x", archive, root]);
    }
    if (newestIn(debianLibraries(root), file) === null) {
      throw new Error(`the package holds no oneDNN 3 in ${debianLibraries("/")}`);
    }
    await putInPlace(root, folder);
  } catch (error) {
    throw new Error(
      `oneDNN 3 is missing and cannot be installed without root (${(error as Error).message}); ` +
        `without apt: ${command}`,
      { cause: error },
    );
  } finally {
    await Deno.remove(temporary, { recursive: true });
  }
  return newestIn(debianLibraries(folder), file)!;
}

/** Debian and Ubuntu name the package after the release: libdnnl3, libdnnl3.6. */
const PACKAGES = "^libdnnl3(\\.[0-9]+)?$";

async function makeFolderBeside(folder: string): Promise<string> {
  const parent = dirname(folder);
  try {
    await Deno.mkdir(parent, { recursive: true });
    return await Deno.makeTempDir({ dir: parent, prefix: `.${basename(folder)}-` });
  } catch (error) {
    throw new Error(
      `oneDNN 3 is missing and cannot be put in ${parent} (${(error as Error).message}); ` +
        "set XDG_CACHE_HOME to a folder that you may write to",
      { cause: error },
    );
  }
}

/**
 * Downloads the package and its dependencies. Uses the machine's package lists first. If these are
 * missing (a fresh container) or name a version that is gone, fetches new lists.
 *
 * @returns the packages' files
 */
async function downloadPackages(folder: string): Promise<string[]> {
  const options = await aptOptions(folder);
  try {
    return await downloadAfterLists(join(folder, "packages"), options);
  } catch {
    const lists = join(folder, "lists");
    await Deno.mkdir(join(lists, "partial"), { recursive: true });
    const fresh = [...options, "-o", `Dir::State::Lists=${lists}`];
    // A source may fail if another has the package, so only apt's complaint is kept.
    const { stderr } = await output("apt-get", [...fresh, "update"]);
    try {
      return await downloadAfterLists(join(folder, "fresh-packages"), fresh);
    } catch (error) {
      const complaint = complaintIn(stderr);
      if (complaint === null) throw error;
      throw new Error(`${(error as Error).message}; apt-get update: ${complaint}`, {
        cause: error,
      });
    }
  }
}

/** Options that keep apt out of the machine's own folders, so that it needs no root. */
async function aptOptions(folder: string): Promise<string[]> {
  const cache = join(folder, "cache");
  await Deno.mkdir(join(cache, "archives", "partial"), { recursive: true });
  return [
    `Dir::Cache=${cache}`,
    // If the machine's own state is broken in any way, apt refuses to plan anything.
    "Dir::State::status=/dev/null",
    // As root, apt would switch to a user who may not write to our folder.
    "APT::Sandbox::User=root",
    // A network that drops requests should cost seconds, not minutes.
    "Acquire::http::Timeout=15",
    "Acquire::https::Timeout=15",
    "Acquire::Retries=0",
  ].flatMap((option) => ["-o", option]);
}

async function downloadAfterLists(folder: string, options: readonly string[]): Promise<string[]> {
  const name = await newestPackage(options);
  await Deno.mkdir(folder);
  try {
    const names = new Set([name, ...await missingPackages(name, options)]);
    await run("apt-get", [...options, "download", ...names], folder);
  } catch (error) {
    throw new Error(`${(error as Error).message}; with root: apt-get install ${name}`, {
      cause: error,
    });
  }
  const entries = await Array.fromAsync(Deno.readDir(folder));
  return entries.map((entry) => join(folder, entry.name)).filter((path) => path.endsWith(".deb"));
}

async function newestPackage(options: readonly string[]): Promise<string> {
  const { stdout } = await run("apt-cache", [...options, "search", "--names-only", PACKAGES]);
  const names = [...stdout.matchAll(/^\S+/gm)].map(([name]) => name);
  const newest = names.sort((a, b) => a.localeCompare(b, "en", { numeric: true })).at(-1);
  if (newest === undefined) throw new Error("apt knows no package libdnnl3 or libdnnl3.x");
  return newest;
}

/** Lists the direct and indirect dependencies that are not installed. */
async function missingPackages(name: string, options: readonly string[]): Promise<string[]> {
  const plan = await run(
    "apt-get",
    [...options, "install", "--simulate", "--no-install-recommends", name],
  );
  const needed = [...plan.stdout.matchAll(/^Inst (\S+)/gm)].map(([, needed]) => needed);
  const here = await run("dpkg-query", ["-W", "-f", "${db:Status-Status} ${Package}\\n"]);
  const installed = new Set([...here.stdout.matchAll(/^installed (\S+)/gm)].map(([, n]) => n));
  return needed.filter((needed) => !installed.has(needed));
}

/** Finds apt's first error, else its first warning. */
function complaintIn(stderr: string): string | null {
  const lines = stderr.split("\n");
  return lines.find((line) => line.startsWith("E: ")) ??
    lines.find((line) => line.startsWith("W: ")) ?? null;
}

async function putInPlace(root: string, folder: string): Promise<void> {
  try {
    await Deno.rename(root, folder);
  } catch (error) {
    // Another process may have installed it meanwhile.
    if (newestIn(debianLibraries(folder), placesOf().file) !== null) return;
    throw new Error(`cannot write ${folder} (${(error as Error).message}); delete it`, {
      cause: error,
    });
  }
}

/** @throws Error with the program's complaint if it fails */
async function run(program: string, args: readonly string[], cwd?: string): Promise<ProgramOutput> {
  const result = await output(program, args, cwd);
  if (result.success) return result;
  const complaint = complaintIn(result.stderr) ?? result.stderr;
  throw new Error(`${program} failed: ${complaint}`);
}

/** Runs a program in English, since its output is parsed. */
async function output(program: string, args: readonly string[], cwd?: string) {
  return await runProgram(program, args, { cwd, env: { LC_ALL: "C" } });
}
