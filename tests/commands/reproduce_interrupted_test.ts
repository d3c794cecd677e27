import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { exists } from "../../lib/files/exists.ts";
import { uniformNumbers } from "../numbers.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";
import {
  FASTEST,
  filesIn,
  ONE,
  outcomesIn,
  reproduce,
  RUN,
  SHORT,
  SMALL,
  SMOKE,
  startReproducing,
} from "./reproduce.ts";
import { startTask } from "./run_task.ts";

/** Few kills: `tests/integrity/kills_test.ts` has a hundred. */
const KILLS = 2;

/** Counts the changes of files in a folder, until there are `most` or `end` settles. */
async function eventsIn(folder: string, end: Promise<unknown>, most = Infinity): Promise<number> {
  const watcher = Deno.watchFs(folder);
  let count = 0;
  const counting = (async () => {
    for await (const _event of watcher) if (++count === most) return;
  })();
  await Promise.race([counting, end]);
  watcher[Symbol.dispose]();
  return count;
}

Deno.test("reproduce makes the same tables and weights, byte for byte, if killed at random moments", async () => {
  await withTemporaryFolder(async (folder) => {
    const grid = ["table4", "figure-data", ...FASTEST, ...SMALL, "--methods", "original,bss"]
      .concat("--seeds", "1", "--set", "protocol.epochs=3");
    const [whole, killed] = ["whole", "killed"].map((name) => join(folder, name));
    await Promise.all([whole, killed].map((path) => Deno.mkdir(path)));
    const running = reproduce(whole, ...grid);
    const events = await eventsIn(whole, running);
    const { code, stderr } = await running;
    assertEquals(code, 0, stderr);

    // Together fewer than the whole has, or the last ones would find nothing to do.
    for (const number of uniformNumbers(KILLS, "moments of death")) {
      const moment = Math.floor((1 + number) / 2 * events / KILLS);
      const { process, ended } = startReproducing(killed, ...grid);
      await eventsIn(killed, ended(), moment);
      process.kill("SIGKILL");
      assertEquals((await ended()).signal, "SIGKILL");
    }
    const last = await reproduce(killed, ...grid);
    assertEquals(last.code, 0, last.stderr);
    const outcomes = await outcomesIn(whole);
    assertEquals(Object.keys(outcomes).filter((name) => name.endsWith(".arrow")).length, 2);
    assertEquals(await outcomesIn(killed), outcomes);
    assertEquals(await filesIn(join(killed, "checkpoints")), {});
  });
});

/** The outcomes of the run below, without a stop. */
let unstopped: Record<string, string> | undefined;

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test(`reproduce stops at a checkpoint on ${signal}, even if it comes three times, and later ends in the same weights`, async () => {
    await withTemporaryFolder(async (folder) => {
      const bss = [...SHORT, "--methods", "bss", "--seeds", "1"]
        .concat("--set", "protocol.batchSize=16") // four steps per epoch, to stop between them
        .concat("--set", "protocol.epochs=5", "--verbose");
      if (!unstopped) {
        const whole = join(folder, "whole");
        assertEquals((await reproduce(whole, ...bss)).code, 0);
        unstopped = await outcomesIn(whole);
      }

      const stopped = join(folder, "stopped");
      const run = startReproducing(stopped, ...bss);
      await run.until("epoch 1,");
      run.process.kill(signal);
      run.process.kill(signal);
      await new Promise((resolve) => setTimeout(resolve, 20));
      run.process.kill(signal);
      const { code, stderr, stdout } = await run.ended();
      assertEquals(code, 1, stderr);
      assertStringIncludes(stderr, `${signal}; stopping at a checkpoint`);
      assertMatch(stderr, /not finished: fashion-mnist-subset-resnet8x0\.25-bss-\S+/);
      assertStringIncludes(stdout, "Missing: resnet8x0.25 bss");
      assertEquals(await filesIn(join(stopped, "runs")), {});

      const resumed = await reproduce(stopped, ...bss);
      assertEquals(resumed.code, 0, resumed.stderr);
      assertMatch(resumed.stderr, /resuming after (epoch \d+|mini-batch \d of epoch \d+)/);
      assertEquals(await outcomesIn(stopped), unstopped);
    });
  });
}

Deno.test("reproduce is killed by another signal a second later", async () => {
  await withTemporaryFolder(async (folder) => {
    const { process, until, ended } = startReproducing(
      folder,
      ...[...SMOKE, "--methods", "original", "--seeds", "1", "--verbose"],
      ...["--set", "protocol.epochs=12"],
      // One large mini-batch per epoch: the first signal comes in the middle of the next one.
      ...["--set", "protocol.batchSize=200"],
    );
    await until("epoch 1,");
    process.kill("SIGINT");
    await until("stopping at a checkpoint");
    // Otherwise it would have stopped by itself within the second.
    process.kill("SIGSTOP");
    await new Promise((resolve) => setTimeout(resolve, 1100));
    process.kill("SIGINT");
    process.kill("SIGCONT");
    assertEquals((await ended()).signal, "SIGKILL");
  });
});

Deno.test("reproduce goes on when nobody reads its progress any more", async () => {
  await withTemporaryFolder(async (folder) => {
    const process = startTask(RUN, ...ONE, "--verbose", "--results", folder);
    const stdout = new Response(process.stdout).text();
    await process.stderr.cancel();
    assertEquals((await process.status).code, 0);
    assertMatch(await stdout, / original +\d+\.\d\d/);
  });
});

Deno.test("reproduce --until stops in time and says what is left; the same command goes on", async () => {
  await withTemporaryFolder(async (folder) => {
    const long = [...ONE, "--set", "protocol.epochs=1000"];
    let time = 0.5;
    // On a busy machine no run may have begun after the shortest of these times.
    do {
      time *= 2;
      const { code, stderr, seconds } = await reproduce(folder, ...long, "--until", `${time}s`);
      assertEquals(code, 1, stderr);
      // The whole run would take minutes. The checkpoint may take some more seconds.
      assert(seconds > time && seconds < time + 30, `${seconds} s`);
      assertStringIncludes(stderr, "the time is up; stopping at a checkpoint");
      assertMatch(stderr, /not finished: fashion-mnist-subset-resnet8x0\.25-original-\S+/);
    } while (time < 60 && !await exists(join(folder, "checkpoints")));
    // Starting may take longer this time.
    const again = await reproduce(folder, ...long, "--until", `${4 * time}s`);
    assertEquals(again.code, 1);
    assertStringIncludes(again.stderr, "resuming after");
  });
});

Deno.test("reproduce stops every run, with one sentence, when its results folder goes away", async () => {
  await withTemporaryFolder(async (folder) => {
    const results = join(folder, "results");
    const grid = [...SHORT, "--methods", "original", "--seeds", "2"]
      .concat("--set", "protocol.epochs=4", "--verbose");
    const run = startReproducing(results, ...grid);
    await run.until("epoch 1,");
    await Deno.rename(results, join(folder, "elsewhere"));
    const { code, stderr, stdout } = await run.ended();
    assertEquals(code, 2);
    assertMatch(stderr, /error: the results folder .* was removed, .*; bring it back, .*\n$/);
    assertEquals([stderr, stdout].join().includes("    at "), false);
    assertEquals(await exists(join(results, "manifest.json")), false);

    await Deno.remove(results, { recursive: true }).catch(() => {});
    await Deno.rename(join(folder, "elsewhere"), results);
    const again = await reproduce(results, ...grid);
    assertEquals(again.code, 0, again.stderr);
    assertStringIncludes(again.stderr, "resuming after epoch");
  });
});
