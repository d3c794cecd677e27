import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { holderOf, lockRun } from "../../lib/store/run_lock.ts";
import { UserError } from "../../lib/user_error.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";

Deno.test("nobody else can lock a run until its lock is released", async () => {
  await withTemporaryFolder(async (folder) => {
    const first = await lockRun(folder, "a");
    assert(first);
    assertEquals(await lockRun(folder, "a"), null);
    assertEquals((await holderOf(folder, "a"))?.pid, Deno.pid);
    const other = await lockRun(folder, "b");
    assert(other);
    await first.release();
    assertEquals(await holderOf(folder, "a"), null);
    const again = await lockRun(folder, "a");
    assert(again);
    await Promise.all([again.release(), other.release()]);
    assertEquals(await Array.fromAsync(Deno.readDir(`${folder}/claims`)), []);
  });
});

Deno.test("a lock reports that the results folder is gone, and does not make it again", async () => {
  await withTemporaryFolder(async (folder) => {
    const results = join(folder, "results");
    await Deno.mkdir(results);
    const lock = await lockRun(results, "a");
    assert(lock);
    await lock.check();
    await Deno.remove(results, { recursive: true });
    for (const use of [lock.check, lock.release]) {
      await assertRejects(use, UserError, `the results folder ${results} was removed`);
    }
    await assertRejects(() => lockRun(results, "b"), Deno.errors.NotFound);
    assertEquals(await Array.fromAsync(Deno.readDir(folder)), []);

    // Another disk in its place has the same path, but is another folder.
    await Deno.mkdir(results);
    const other = await lockRun(results, "a");
    assert(other);
    await Deno.rename(results, join(folder, "elsewhere"));
    await Deno.mkdir(join(results, "claims"), { recursive: true });
    await Deno.writeTextFile(join(results, "claims", "a.lock"), "");
    await assertRejects(other.release, UserError, "was removed");
  });
});

Deno.test("only one of many has a run's lock at a time", async () => {
  await withTemporaryFolder(async (folder) => {
    let holding = 0;
    const lockAndRelease = async () => {
      for (let round = 0; round < 20; round++) {
        const lock = await lockRun(folder, "a");
        if (!lock) continue;
        assertEquals(++holding, 1);
        await new Promise((resolve) => setTimeout(resolve, 1));
        holding--;
        await lock.release();
      }
    };
    await Promise.all(Array.from({ length: 8 }, lockAndRelease));
  });
});

Deno.test("a dead process holds no lock", async () => {
  await withTemporaryFolder(async (folder) => {
    const module = new URL("../../lib/store/run_lock.ts", import.meta.url).href;
    const script = `
      import { lockRun } from ${JSON.stringify(module)};
      await lockRun(${JSON.stringify(folder)}, "a");
      console.log("locked");
      setInterval(() => {}, 1000);`;
    const process = new Deno.Command(Deno.execPath(), {
      args: ["eval", "--no-lock", script],
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const reader = process.stdout.getReader();
    await reader.read();
    assertEquals(await lockRun(folder, "a"), null);
    assertEquals((await holderOf(folder, "a"))?.pid, process.pid);
    process.kill("SIGKILL");
    await Promise.all([reader.cancel(), process.status]);
    assertEquals(await holderOf(folder, "a"), null);
    const lock = await lockRun(folder, "a");
    assert(lock);
    await lock.release();
  });
});
