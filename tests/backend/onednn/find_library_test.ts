import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { dirname, join, resolve } from "node:path";
import { withEnvironment } from "../../with_environment.ts";
import { withTemporaryFolder } from "../../with_temporary_folder.ts";
import {
  checkVersion,
  companionLibraries,
  debianLibraries,
  findLibrary,
  installedFolder,
  type Places,
  placesOf,
  searchLibrary,
} from "../../../lib/backend/onednn/find_library.ts";

const notLinux = Deno.build.os === "linux" ? "" : " (skipped: needs Linux)";

/**
 * Makes places of a library that no loader knows, so that this machine's libraries do not matter.
 */
function placesIn(...folders: string[]): Places {
  return {
    name: "libbss-no-such-library.so.3",
    folders,
    file: /^libdnnl\.so\.3(\.\d+)*$/,
    command: "conda install onednn",
  };
}

/** Runs a test in an empty folder that is also the user's cache folder. */
async function withEmptyCache(test: (folder: string) => void | Promise<void>): Promise<void> {
  await withTemporaryFolder((folder) =>
    withEnvironment({ BSS_ONEDNN: null, XDG_CACHE_HOME: folder }, () => test(folder))
  );
}

async function writeFiles(folder: string, ...names: string[]): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  for (const name of names) await Deno.writeTextFile(join(folder, name), "");
}

Deno.test("findLibrary() takes the file in $BSS_ONEDNN before all others", async () => {
  await withEmptyCache(async (folder) => {
    await writeFiles(folder, "mine.so", "libdnnl.so.3");
    await withEnvironment({ BSS_ONEDNN: join(folder, "mine.so") }, () => {
      assertEquals(findLibrary(placesIn(folder)), resolve(folder, "mine.so"));
    });
  });
});

Deno.test("findLibrary() does not pass over a $BSS_ONEDNN that names no file", async () => {
  await withEmptyCache(async (folder) => {
    await writeFiles(folder, "libdnnl.so.3");
    for (const chosen of [folder, join(folder, "nothing.so")]) {
      await withEnvironment({ BSS_ONEDNN: chosen }, () => {
        for (const find of [findLibrary, searchLibrary]) {
          const { message } = assertThrows(() => find(placesIn(folder)), Error, "no such file");
          assertStringIncludes(message, `BSS_ONEDNN is "${chosen}"`);
        }
      });
    }
  });
});

Deno.test("findLibrary() ignores an empty $BSS_ONEDNN", async () => {
  await withEmptyCache(async (folder) => {
    await writeFiles(folder, "libdnnl.so.3");
    await withEnvironment({ BSS_ONEDNN: "" }, () => {
      assertEquals(findLibrary(placesIn(folder)), join(folder, "libdnnl.so.3"));
    });
  });
});

Deno.test("findLibrary() takes setup's library before the system's", async () => {
  await withEmptyCache(async (folder) => {
    const installed = debianLibraries(installedFolder());
    await writeFiles(folder, "libdnnl.so.3");
    await writeFiles(installed, "libdnnl.so.3.2");
    assertEquals(findLibrary(placesIn(folder)), join(installed, "libdnnl.so.3.2"));
  });
});

Deno.test("findLibrary() takes the highest version in the first folder that has one", async () => {
  await withEmptyCache(async (folder) => {
    const [empty, first, second] = ["empty", "first", "second"].map((name) => join(folder, name));
    await writeFiles(empty, "libdnnl.so", "libdnnl.so.2", "libdnnl.so.30", "libdnnl_3.so.3");
    await Deno.mkdir(join(empty, "libdnnl.so.3"));
    await writeFiles(first, "libdnnl.so.3.9", "libdnnl.so.3.10", "libdnnl.so.3");
    await writeFiles(second, "libdnnl.so.3.11");
    const places = placesIn(join(folder, "missing"), empty, first, second);
    assertEquals(findLibrary(places), join(first, "libdnnl.so.3.10"));
  });
});

Deno.test({
  name: `findLibrary() takes a name that the loader knows before the folders${notLinux}`,
  ignore: notLinux !== "",
  fn: async () => {
    await withEmptyCache(async (folder) => {
      await writeFiles(folder, "libdnnl.so.3");
      assertEquals(findLibrary({ ...placesIn(folder), name: "libc.so.6" }), "libc.so.6");
    });
  },
});

Deno.test("findLibrary() says where it searched and how to get the library if there is none", async () => {
  await withEmptyCache((folder) => {
    const places = placesIn(join(folder, "one"), join(folder, "two"));
    assertEquals(searchLibrary(places), null);
    const { message } = assertThrows(() => findLibrary(places));
    const parts = [
      places.name,
      debianLibraries(installedFolder()),
      ...places.folders,
      "deno task setup",
      places.command,
      "BSS_ONEDNN",
    ];
    for (const part of parts) assertStringIncludes(message, part);
  });
});

Deno.test("placesOf() has the names of each system, and conda's folder if one is active", async () => {
  await withEnvironment({ CONDA_PREFIX: null }, () => {
    assertEquals(placesOf("windows").folders, []);
  });
  await withEnvironment({ CONDA_PREFIX: "/conda" }, () => {
    const systems = [
      ["linux", "libdnnl.so.3", ["libdnnl.so.3.7"], join("/conda", "lib")],
      ["darwin", "libdnnl.3.dylib", ["libdnnl.3.7.dylib"], join("/conda", "lib")],
      ["windows", "dnnl.dll", [], join("/conda", "Library", "bin")],
    ] as const;
    for (const [os, name, releases, conda] of systems) {
      const places = placesOf(os);
      assertEquals(places.name, name);
      for (const file of [name, ...releases]) assertEquals(places.file.test(file), true);
      assertEquals(places.file.test(name.replace("3", "2").replace("dll", "so")), false);
      assertEquals(places.folders.includes(conda), true);
    }
  });
});

Deno.test({
  name:
    `companionLibraries() lists the files that setup put beside the library, each once${notLinux}`,
  ignore: notLinux !== "",
  fn: async () => {
    await withEmptyCache(async () => {
      const folder = debianLibraries(installedFolder());
      await writeFiles(folder, "libdnnl.so.3.7", "libgomp.so.1.0.0", "readme.txt");
      await Deno.symlink("libgomp.so.1.0.0", join(folder, "libgomp.so.1"));
      await Deno.symlink("libdnnl.so.3.7", join(folder, "libdnnl.so.3"));
      assertEquals(
        companionLibraries(findLibrary(placesIn())),
        [await Deno.realPath(join(folder, "libgomp.so.1.0.0"))],
      );
    });
  },
});

Deno.test("companionLibraries() lists nothing for a library that setup did not install", async () => {
  await withEmptyCache(async (folder) => {
    await writeFiles(folder, "libdnnl.so.3", "libgomp.so.1");
    const library = findLibrary(placesIn(folder));
    assertEquals(dirname(library), folder);
    for (const other of [library, "libdnnl.so.3"]) assertEquals(companionLibraries(other), []);
  });
});

Deno.test("checkVersion() takes oneDNN 3 and names any other version", () => {
  checkVersion("libdnnl.so.3", 3, 0, 0);
  for (const [major, minor] of [[2, 7], [4, 0]]) {
    assertThrows(
      () => checkVersion("/some/libdnnl.so", major, minor, 1),
      Error,
      `/some/libdnnl.so is oneDNN ${major}.${minor}.1; 3.x is needed`,
    );
  }
});
