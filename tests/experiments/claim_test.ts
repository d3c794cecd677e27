import { assert, assertEquals } from "@std/assert";
import { claimRun, holderOf } from "../../experiments/runner/claim.ts";
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
    const module = new URL("../../experiments/runner/claim.ts", import.meta.url).href;
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
