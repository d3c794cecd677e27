import { dirname, join, resolve } from "node:path";
import { userCache } from "../../files/user_cache.ts";

/** The environment variable that names the library's file; it goes before every other place. */
export const VARIABLE = "BSS_ONEDNN";

/** Where a system keeps oneDNN 3, and how one gets it there. */
export interface Places {
  /** Asked of the system's loader, which knows more folders than these (`LD_LIBRARY_PATH`, …). */
  readonly name: string;
  /** Looked into in this order, after the loader was asked. */
  readonly folders: readonly string[];
  /** What the library is called in a folder: several releases may lie side by side. */
  readonly file: RegExp;
  /** The command that brings it where `deno task setup` cannot. */
  readonly command: string;
}

/** The folder that `deno task setup` fills, laid out like the root of a Debian system. */
export function installedFolder(): string {
  return join(userCache(), "bss-onednn");
}

/** The folder with libraries below the root of a Debian system. */
export function debianLibraries(root: string): string {
  return join(root, "usr", "lib", `${Deno.build.arch}-linux-gnu`);
}

/** The places of an operating system; Linux's for those without a list of their own. */
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
 * oneDNN's shared library, as `Deno.dlopen` takes it: a file, or a name that the loader knows.
 *
 * @throws Error that says where it was looked for and how to get it
 */
export function findLibrary(places: Places = placesOf()): string {
  const found = searchLibrary(places);
  if (found !== null) return found;
  const folders = [debianLibraries(installedFolder()), ...places.folders].join(", ");
  throw new Error(
    `oneDNN 3 is not here: the loader knows no ${places.name}, and none is in ${folders}; ` +
      `to get it: deno task setup, or ${places.command}, or set ${VARIABLE} to the library's file`,
  );
}

/**
 * Like `findLibrary`, but null where it is nowhere.
 *
 * @throws Error if $BSS_ONEDNN is set, but names no file: what was chosen is never passed over
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

/** The library of the highest version in a folder, or null. */
export function newestIn(folder: string, file: RegExp): string | null {
  const names = listFolder(folder).filter((name) => file.test(name) && isFile(join(folder, name)));
  const [newest] = names.sort((a, b) => b.localeCompare(a, "en", { numeric: true }));
  return newest === undefined ? null : join(folder, newest);
}

/**
 * The files to open before the library itself: what it needs and `deno task setup` put beside it
 * because the machine lacks it (libgomp). The loader does not look there, but it takes a library
 * that is already open for the one of the same name that is asked for.
 *
 * @param library as `findLibrary` gives it
 */
export function companionLibraries(library: string): string[] {
  const folder = debianLibraries(installedFolder());
  if (dirname(library) !== folder) return [];
  const paths = listFolder(folder)
    .filter((name) => /\.so(\.|$)/.test(name) && !name.startsWith("libdnnl."))
    .map((name) => Deno.realPathSync(join(folder, name)));
  return [...new Set(paths)];
}

/** @throws Error unless the version, as the library states it, is one whose functions we call */
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

/** The names in a folder; none where it cannot be read. */
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
