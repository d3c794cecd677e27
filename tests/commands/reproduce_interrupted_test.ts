import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { uniformNumbers } from "../numbers.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";
import {
  FASTEST,
  filesIn,
  ONE,
  outcomesIn,
  reproduce,
  SMOKE,
  startReproducing,
} from "./reproduce.ts";

const KILLS = 5;

Deno.test("reproduce that is killed at five random moments makes the same tables and weights, byte for byte", async () => {
  await withTemporaryFolder(async (folder) => {
    const grid = ["table4", "figure-data", ...FASTEST, "--seeds", "1,2"];
    const whole = join(folder, "whole");
    const { code, stderr, seconds } = await reproduce(whole, ...grid);
    assertEquals(code, 0, stderr);

    const killed = join(folder, "killed");
    // All of them together less than the whole takes, or the last ones would find nothing to do.
    for (const number of uniformNumbers(KILLS, "moments of death")) {
      const moment = (1 + number) / 2;
      const { process, ended } = startReproducing(killed, ...grid);
      await new Promise((resolve) => setTimeout(resolve, moment * 1000 * seconds / KILLS));
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

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test(`reproduce that gets ${signal}, and again from deno task, stops at a checkpoint and ends in the same weights later`, async () => {
    await withTemporaryFolder(async (folder) => {
      const bss = ["quickstart", ...FASTEST, "--methods", "bss", "--seeds", "1"]
        .concat("--set", "protocol.epochs=12", "--verbose");
      const whole = join(folder, "whole");
      assertEquals((await reproduce(whole, ...bss)).code, 0);

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
      assertMatch(stderr, /not finished: fashion-mnist-subset-resnet8-bss-\S+/);
      assertStringIncludes(stdout, "Missing: resnet8 bss");
      assertEquals(await filesIn(join(stopped, "runs")), {});

      const resumed = await reproduce(stopped, ...bss);
      assertEquals(resumed.code, 0, resumed.stderr);
      assertMatch(resumed.stderr, /resuming after (epoch \d+|mini-batch \d of epoch \d+)/);
      assertEquals(await outcomesIn(stopped), await outcomesIn(whole));
    });
  });
}

Deno.test("reproduce that gets another signal a second later is killed", async () => {
  await withTemporaryFolder(async (folder) => {
    const { process, until, ended } = startReproducing(
      folder,
      ...[...SMOKE, "--methods", "bss", "--seeds", "1", "--set", "protocol.epochs=12", "--verbose"],
    );
    await until("epoch 1,");
    process.kill("SIGINT");
    await until("stopping at a checkpoint");
    // It would have stopped by then.
    process.kill("SIGSTOP");
    await new Promise((resolve) => setTimeout(resolve, 1100));
    process.kill("SIGINT");
    process.kill("SIGCONT");
    assertEquals((await ended()).signal, "SIGKILL");
  });
});

Deno.test("reproduce --until stops in time and says what is left; the same command goes on", async () => {
  await withTemporaryFolder(async (folder) => {
    const long = [...ONE, "--set", "protocol.epochs=4000"];
    const { code, stderr, seconds } = await reproduce(folder, ...long, "--until", "3s");
    assertEquals(code, 1, stderr);
    // Left alone it would take minutes; a busy machine may need some seconds more to get to its checkpoint.
    assert(seconds > 3 && seconds < 30, `${seconds} s`);
    assertStringIncludes(stderr, "the time is up; stopping at a checkpoint");
    assertMatch(stderr, /not finished: fashion-mnist-subset-resnet8-original-\S+/);
    const again = await reproduce(folder, ...long, "--until", "3s");
    assertEquals(again.code, 1);
    assertStringIncludes(again.stderr, "resuming after");
  });
});
