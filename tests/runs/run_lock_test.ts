import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { claimRun, holderOf } from "../../lib/runs/run_lock.ts";
import { UserError } from "../../lib/user_error.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";

Deno.test("a claimed run is nobody else's until it is released", async () => {
  await withTemporaryFolder(async (folder) => {
    const first = await claimRun(folder, "a");
    assert(first);
    assertEquals(await claimRun(folder, "a"), null);
    assertEquals((await holderOf(folder, "a"))?.pid, Deno.pid);
    const other = await claimRun(folder, "b");
    assert(other);
    await first.release();
    assertEquals(await holderOf(folder, "a"), null);
    const again = await claimRun(folder, "a");
    assert(again);
    await Promise.all([again.release(), other.release()]);
    assertEquals(await Array.fromAsync(Deno.readDir(`${folder}/claims`)), []);
  });
});

Deno.test("a claim says that the results folder is gone, and makes it not anew", async () => {
  await withTemporaryFolder(async (folder) => {
    const results = join(folder, "results");
    await Deno.mkdir(results);
    const claim = await claimRun(results, "a");
    assert(claim);
    await claim.check();
    await Deno.remove(results, { recursive: true });
    for (const use of [claim.check, claim.release]) {
      await assertRejects(use, UserError, `the results folder ${results} was removed`);
    }
    await assertRejects(() => claimRun(results, "b"), Deno.errors.NotFound);
    assertEquals(await Array.fromAsync(Deno.readDir(folder)), []);

    // Another disk in its place has the same path, and is another folder.
    await Deno.mkdir(results);
    const other = await claimRun(results, "a");
    assert(other);
    await Deno.rename(results, join(folder, "elsewhere"));
    await Deno.mkdir(join(results, "claims"), { recursive: true });
    await Deno.writeTextFile(join(results, "claims", "a.lock"), "");
    await assertRejects(other.release, UserError, "was removed");
  });
});

Deno.test("of many that claim a run at once, one at a time has it", async () => {
  await withTemporaryFolder(async (folder) => {
    let holding = 0;
    const claimAndRelease = async () => {
      for (let round = 0; round < 20; round++) {
        const claim = await claimRun(folder, "a");
        if (!claim) continue;
        assertEquals(++holding, 1);
        await new Promise((resolve) => setTimeout(resolve, 1));
        holding--;
        await claim.release();
      }
    };
    await Promise.all(Array.from({ length: 8 }, claimAndRelease));
  });
});

Deno.test("a dead process holds nothing", async () => {
  await withTemporaryFolder(async (folder) => {
    const module = new URL("../../lib/runs/run_lock.ts", import.meta.url).href;
    const script = `
      import { claimRun } from ${JSON.stringify(module)};
      await claimRun(${JSON.stringify(folder)}, "a");
      console.log("claimed");
      setInterval(() => {}, 1000);`;
    const process = new Deno.Command(Deno.execPath(), {
      args: ["eval", "--no-lock", script],
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const reader = process.stdout.getReader();
    await reader.read();
    assertEquals(await claimRun(folder, "a"), null);
    assertEquals((await holderOf(folder, "a"))?.pid, process.pid);
    process.kill("SIGKILL");
    await Promise.all([reader.cancel(), process.status]);
    assertEquals(await holderOf(folder, "a"), null);
    const claim = await claimRun(folder, "a");
    assert(claim);
    await claim.release();
  });
});
