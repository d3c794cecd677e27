import { dirname, join, resolve } from "node:path";
import { userCache } from "../../files/user_cache.ts";

/** The environment variable that names the library's file; it comes before all other places. */
const VARIABLE = "BSS_ONEDNN";

/** The places where a system keeps oneDNN 3, and the command that installs it. */
export interface Places {
  /** The name to give to the system's loader, which also searches others (`LD_LIBRARY_PATH`, …). */
  readonly name: string;
  /** Folders to search after the loader, in this order. */
  readonly folders: readonly string[];
  /** The library's file name; a folder may hold several releases. */
  readonly file: RegExp;
  /** The command that installs it where `deno task setup` cannot. */
  readonly command: string;
}

/** Returns the folder that `deno task setup` fills, laid out like the root of a Debian system. */
export function installedFolder(): string {
  return join(userCache(), "bss-onednn");
}

/** Returns the folder of libraries below the root of a Debian system. */
export function debianLibraries(root: string): string {
  return join(root, "usr", "lib", `${Deno.build.arch}-linux-gnu`);
}

/** Returns the places of an operating system; those of Linux for any but Windows and macOS. */
export function placesOf(os: string = Deno.build.os): Places {
  const conda = "conda install -c conda-forge onednn";
  if (os === "windows") {
    return {
      name: "dnnl.dll",
      folders: inConda("Library", "bin"),
      file: /^dnnl\.dll$/,
      command: conda,
    };
  }
  if (os === "darwin") {
    return {
      name: "libdnnl.3.dylib",
      folders: [...inConda("lib"), "/opt/homebrew/lib", "/usr/local/lib"],
      file: /^libdnnl\.3(\.\d+)*\.dylib$/,
      command: "brew install onednn",
    };
  }
  return {
    name: "libdnnl.so.3",
    folders: [debianLibraries("/"), "/usr/lib64", "/usr/local/lib", ...inConda("lib")],
    file: /^libdnnl\.so\.3(\.\d+)*$/,
    command: conda,
  };
}

/**
 * Finds oneDNN's shared library for `Deno.dlopen`: a file, or a name that the loader knows.
 *
 * @throws Error saying where it searched and how to get the library
 */
export function findLibrary(places: Places = placesOf()): string {
  const found = searchLibrary(places);
  if (found !== null) return found;
  const folders = [debianLibraries(installedFolder()), ...places.folders].join(", ");
  throw new Error(
    `oneDNN 3 is not here: the loader knows no ${places.name}, and none is in ${folders}; ` +
      `run deno task setup or ${places.command}, or set ${VARIABLE} to the library's file`,
  );
}

/**
 * Finds the library like `findLibrary`, but returns null if there is none.
 *
 * @throws Error if $BSS_ONEDNN is set but names no file: a user's choice is never passed over
 */
export function searchLibrary(places: Places = placesOf()): string | null {
  const chosen = Deno.env.get(VARIABLE);
  if (chosen) {
    if (isFile(chosen)) return resolve(chosen);
    throw new Error(
      `${VARIABLE} is "${chosen}", but there is no such file; ` +
        `set it to oneDNN's shared library (${places.name}), or unset it`,
    );
  }
  return newestIn(debianLibraries(installedFolder()), places.file) ??
    (loaderKnows(places.name) ? places.name : null) ??
    places.folders.map((folder) => newestIn(folder, places.file)).find((path) => path !== null) ??
    null;
}

/** Finds the library of the highest version in a folder; null if there is none. */
export function newestIn(folder: string, file: RegExp): string | null {
  const names = listFolder(folder).filter((name) => file.test(name) && isFile(join(folder, name)));
  const [newest] = names.sort((a, b) => b.localeCompare(a, "en", { numeric: true }));
  return newest === undefined ? null : join(folder, newest);
}

/**
 * Lists the files to open before the library: those it needs and the machine lacks (libgomp), which
 * `deno task setup` put beside it. The loader does not search that folder, but it uses a library of
 * the same name that is already open.
 *
 * @param library the result of `findLibrary`
 */
export function companionLibraries(library: string): string[] {
  const folder = debianLibraries(installedFolder());
  if (dirname(library) !== folder) return [];
  const paths = listFolder(folder)
    .filter((name) => /\.so(\.|$)/.test(name) && !name.startsWith("libdnnl."))
    .map((name) => Deno.realPathSync(join(folder, name)));
  return [...new Set(paths)];
}

/** @throws Error if the library's version is not 3.x, whose functions we call */
export function checkVersion(library: string, major: number, minor: number, patch: number): void {
  if (major === 3) return;
  throw new Error(`${library} is oneDNN ${major}.${minor}.${patch}; 3.x is needed`);
}

function inConda(...parts: string[]): string[] {
  const prefix = Deno.env.get("CONDA_PREFIX");
  return prefix ? [join(prefix, ...parts)] : [];
}

function loaderKnows(name: string): boolean {
  try {
    Deno.dlopen(name, {}).close();
    return true;
  } catch {
    return false;
  }
}

/** Lists the names in a folder; none if it cannot be read. */
function listFolder(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name);
  } catch {
    return [];
  }
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
