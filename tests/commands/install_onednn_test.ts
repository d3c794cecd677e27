import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { withEnvironment } from "../with_environment.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";
import { debianLibraries } from "../../lib/backend/onednn/find_library.ts";
import { installOneDnn } from "../../lib/commands/install_onednn.ts";
import { findProgram } from "../../lib/files/find_program.ts";
import { sha256 } from "../../lib/files/sha256.ts";

/** A package of a repository: one file among the libraries, whose name is also its content. */
interface Package {
  readonly name: string;
  readonly file: string;
  readonly depends?: string;
}

const ONEDNN = { name: "libdnnl3.9", file: "libdnnl.so.3.9", depends: "bss-test-companion, libc6" };
const COMPANION = { name: "bss-test-companion", file: "libcompanion.so.1" };
/** A package that is not to be fetched: every machine with apt has libc6. */
const LIBC = { name: "libc6", file: "libc.so.6" };
const OLDER = { name: "libdnnl3", file: "libdnnl.so.3.1" };

const noApt = await findProgram(["apt-get"]) === null || await findProgram(["dpkg-deb"]) === null
  ? " (skipped: needs apt-get and dpkg-deb)"
  : "";

async function command(name: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(name, { args }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
  if (!success) throw new Error(`${name} ${args.join(" ")}: ${text(stderr)}`);
  return text(stdout);
}

/** Builds a package in a folder, and gives its entry in the list of the repository. */
async function buildPackage(folder: string, { name, file, depends }: Package): Promise<string> {
  const tree = join(folder, name);
  await Deno.mkdir(join(tree, "DEBIAN"), { recursive: true });
  await Deno.mkdir(debianLibraries(tree), { recursive: true });
  await Deno.writeTextFile(join(debianLibraries(tree), file), file);
  const control = [
    `Package: ${name}`,
    "Version: 999",
    `Architecture: ${await command("dpkg", "--print-architecture")}`,
    "Maintainer: nobody <nobody@example.org>",
    ...(depends ? [`Depends: ${depends}`] : []),
    "Description: for a test",
  ].join("\n");
  await Deno.writeTextFile(join(tree, "DEBIAN", "control"), `${control}\n`);
  const archive = join(folder, `${name}.deb`);
  await command("dpkg-deb", "--root-owner-group", "-b", tree, archive);
  const bytes = await Deno.readFile(archive);
  return `${control}\nFilename: ./${name}.deb\nSize: ${bytes.length}\nSHA256: ${sha256(bytes)}\n`;
}

/** Runs a test with an apt that knows only a repository of these packages, and has no lists yet. */
async function withRepository(
  packages: readonly Package[],
  test: (cache: string, repository: string) => Promise<void>,
): Promise<void> {
  await withTemporaryFolder(async (folder) => {
    const [repository, cache, lists] = ["repository", "cache", "lists"].map((name) =>
      join(folder, name)
    );
    for (const path of [repository, cache, lists]) await Deno.mkdir(path);
    const entries = [];
    for (const one of packages) entries.push(await buildPackage(repository, one));
    await Deno.writeTextFile(join(repository, "Packages"), entries.join("\n"));
    const sources = join(folder, "sources.list");
    await Deno.writeTextFile(sources, `deb [trusted=yes] file:${repository} ./\n`);
    const configuration = join(folder, "apt.conf");
    await Deno.writeTextFile(
      configuration,
      [
        `Dir::Etc::SourceList "${sources}";`,
        'Dir::Etc::SourceParts "/dev/null";',
        `Dir::State::Lists "${lists}";`,
      ].join("\n"),
    );
    await withEnvironment({ APT_CONFIG: configuration }, () => test(cache, repository));
  });
}

async function namesIn(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
}

Deno.test({
  name: `installOneDnn() unpacks the newest package and its missing dependencies${noApt}`,
  ignore: noApt !== "",
  fn: async () => {
    await withRepository([OLDER, ONEDNN, COMPANION, LIBC], async (cache) => {
      const folder = join(cache, "bss-onednn");
      const libraries = debianLibraries(folder);
      assertEquals(await installOneDnn(folder), join(libraries, ONEDNN.file));
      assertEquals(await namesIn(libraries), [COMPANION.file, ONEDNN.file]);
      assertEquals(await Deno.readTextFile(join(libraries, ONEDNN.file)), ONEDNN.file);
      assertEquals(await namesIn(cache), ["bss-onednn"]);
    });
  },
});

Deno.test({
  name: `installOneDnn() leaves nothing behind after a failed download${noApt}`,
  ignore: noApt !== "",
  fn: async () => {
    await withRepository([ONEDNN, COMPANION, LIBC], async (cache, repository) => {
      const archive = join(repository, `${COMPANION.name}.deb`);
      const damaged = (await Deno.readFile(archive)).fill(0);
      for (const spoil of [() => Deno.writeFile(archive, damaged), () => Deno.remove(archive)]) {
        await spoil();
        const { message } = await assertRejects(() => installOneDnn(join(cache, "bss-onednn")));
        assertStringIncludes(message, "apt-get failed: E: ");
        assertStringIncludes(message, "with root: apt-get install libdnnl3.9");
        assertEquals(await namesIn(cache), []);
      }
    });
  },
});

Deno.test({
  name: `installOneDnn() names conda's command if apt knows no oneDNN 3${noApt}`,
  ignore: noApt !== "",
  fn: async () => {
    const older = { name: "libdnnl2", file: "libdnnl.so.2.7" };
    await withRepository([older], async (cache) => {
      const { message } = await assertRejects(() => installOneDnn(join(cache, "bss-onednn")));
      assertStringIncludes(message, "apt knows no package libdnnl3");
      assertStringIncludes(message, "conda install -c conda-forge onednn");
      assertEquals(await namesIn(cache), []);
    });
  },
});

Deno.test({
  name: `installOneDnn() refuses a package without the library${noApt}`,
  ignore: noApt !== "",
  fn: async () => {
    await withRepository([{ ...OLDER, file: "libother.so.3" }], async (cache) => {
      await assertRejects(
        () => installOneDnn(join(cache, "bss-onednn")),
        Error,
        "the package holds no oneDNN 3",
      );
      assertEquals(await namesIn(cache), []);
    });
  },
});

Deno.test({
  name: `installOneDnn() does not change an existing folder${noApt}`,
  ignore: noApt !== "",
  fn: async () => {
    await withRepository([OLDER], async (cache) => {
      const folder = join(cache, "bss-onednn");
      await Deno.mkdir(folder);
      await Deno.writeTextFile(join(folder, "mine"), "");
      const { message } = await assertRejects(() => installOneDnn(folder));
      assertStringIncludes(message, `cannot write ${folder}`);
      assertEquals([await namesIn(cache), await namesIn(folder)], [["bss-onednn"], ["mine"]]);

      await Deno.mkdir(debianLibraries(folder), { recursive: true });
      const library = join(debianLibraries(folder), "libdnnl.so.3.0");
      await Deno.writeTextFile(library, "another process was first");
      assertEquals(await installOneDnn(folder), library);
      assertEquals(await namesIn(cache), ["bss-onednn"]);
    });
  },
});

Deno.test("installOneDnn() names the other command if there is no apt", async () => {
  await withTemporaryFolder(async (cache) => {
    await withEnvironment({ PATH: cache }, async () => {
      const { message } = await assertRejects(() => installOneDnn(join(cache, "bss-onednn")));
      assertStringIncludes(message, "there is no apt-get; to get it: ");
      assertEquals(await namesIn(cache), []);
    });
  });
});

Deno.test({
  name: `installOneDnn() names the variable to set if the cache cannot be written${noApt}`,
  ignore: noApt !== "",
  fn: async () => {
    await withTemporaryFolder(async (cache) => {
      const file = join(cache, "file");
      await Deno.writeTextFile(file, "");
      const { message } = await assertRejects(() => installOneDnn(join(file, "bss-onednn")));
      assert(message.includes(file) && message.includes("XDG_CACHE_HOME"), message);
    });
  },
});
