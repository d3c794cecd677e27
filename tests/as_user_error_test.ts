import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { withTemporaryFolder } from "./with_temporary_folder.ts";
import { asUserError } from "../lib/as_user_error.ts";
import { UserError } from "../lib/user_error.ts";
import { notOnLinux, onWindows, testUnless } from "./test_unless.ts";

/** Returns the message for the user when a call fails. */
async function saidOf(fails: () => Promise<unknown>): Promise<string> {
  const told = asUserError(await assertRejects(fails));
  assert(told instanceof UserError, String(told));
  return told.message;
}

testUnless(
  onWindows,
  "asUserError() names the failed action, the cause and the remedy",
  () =>
    withTemporaryFolder(async (folder) => {
      const [file, loop, nowhere] = ["file", "loop", "nowhere"].map((name) => join(folder, name));
      await Deno.writeTextFile(file, "");
      await Deno.symlink("loop", loop);
      const long = join(folder, "x".repeat(4000));
      const inFile = join(file, "a");
      const cases: [fails: () => Promise<unknown>, said: string][] = [
        [
          () => Deno.readFile(folder),
          `cannot read '${folder}': Is a directory; move the folder away, because a file must be there`,
        ],
        [
          () => Array.fromAsync(Deno.readDir(file)),
          `cannot list '${file}': Not a directory; move the file away, because a folder must be there`,
        ],
        [
          () => Deno.mkdir(inFile),
          `cannot make the folder '${inFile}': Not a directory; move the file away, because a folder ` +
          "must be there",
        ],
        [
          () => Deno.open(nowhere),
          `cannot open '${nowhere}': No such file or directory; restore it, or give another path`,
        ],
        [
          () => Deno.rename(nowhere, file),
          `cannot rename '${nowhere}' -> '${file}': No such file or directory; restore it, or give ` +
          "another path",
        ],
      ];
      for (const [fails, said] of cases) assertEquals(await saidOf(fails), said);
      const remedies: [fails: () => Promise<unknown>, remedy: string][] = [
        [() => Deno.readTextFile(loop), "; remove the link, which leads back to itself"],
        [() => Deno.writeTextFile(long, ""), ": File name too long; choose a shorter path"],
        [() => Deno.mkdir(loop), "; move away the file or folder that exists"],
        [() => Deno.remove(folder), "; fix that, then try again"],
      ];
      for (const [fails, remedy] of remedies) {
        const said = await saidOf(fails);
        assert(said.endsWith(remedy), said);
      }
    }),
);

testUnless(notOnLinux, "asUserError() says that a disk is full, even without a path", async () => {
  using full = await Deno.open("/dev/full", { write: true });
  assertEquals(
    await saidOf(() => full.write(new Uint8Array(1))),
    "No space left on device; free some space, then run the same command again",
  );
});

Deno.test("asUserError() does not change faults of the code", () => {
  const faults = [
    new TypeError("x is not a function"),
    new DOMException("stopped", "AbortError"),
    new UserError("no such method"),
    "text",
  ];
  for (const fault of faults) assert(asUserError(fault) === fault, String(fault));
});

Deno.test({
  name: "asUserError() names a missing permission",
  permissions: { read: false },
  async fn() {
    const said = await saidOf(() => Deno.readTextFile("/etc/hosts"));
    assertStringIncludes(said, `Requires read access to "/etc/hosts"`);
  },
});

Deno.test("asUserError() names the given file where the system's message names none", () => {
  const error = new Deno.errors.NotADirectory("Not a directory (os error 20)");
  const { message } = asUserError(error, "results/manifest.json") as Error;
  assert(message.startsWith("results/manifest.json: Not a directory; "), message);
});
