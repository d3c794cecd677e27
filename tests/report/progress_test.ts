import { assertEquals, assertMatch } from "@std/assert";
import { formatDuration } from "../../lib/report/duration.ts";
import { Progress } from "../../lib/report/progress.ts";

const CLEAR_LINE = "\r\x1b[K";

/** Makes a progress display with a clock and an output that the test controls. */
function progressUnderTest({ total = 100, terminal = false, columns = 80 } = {}) {
  const clock = { seconds: 0 };
  const written: string[] = [];
  const progress = new Progress(total, {
    terminal,
    width: () => columns,
    write: (text) => written.push(text),
    now: () => clock.seconds * 1000,
  });
  return { progress, clock, written };
}

Deno.test("Progress prints a plain line every thirty seconds without a terminal", () => {
  const { progress, clock, written } = progressUnderTest();
  for (clock.seconds = 1; clock.seconds <= 65; clock.seconds++) progress.advance(1, "bss, seed 1");
  assertEquals(written, [
    " 30.0 %  30 s, 1 min 10 s left  bss, seed 1\n",
    " 60.0 %  1 min 00 s, 40 s left  bss, seed 1\n",
  ]);
});

Deno.test("Progress prints each milestone and the end without a terminal", () => {
  const { progress, clock, written } = progressUnderTest({ total: 2 });
  clock.seconds = 2;
  progress.advance(2);
  progress.milestone("wrote results/runs/a.arrow");
  progress.finish();
  assertEquals(written, ["wrote results/runs/a.arrow\n", "100.0 %  2 s\n"]);
});

Deno.test("Progress redraws one line in a terminal, at most ten times a second", () => {
  const { progress, clock, written } = progressUnderTest({ terminal: true });
  for (let step = 1; step <= 50; step++) {
    clock.seconds = step / 100;
    progress.advance(1, "hinton");
  }
  assertEquals(written.length, 5);
  assertEquals(written[0], `${CLEAR_LINE}${"░".repeat(24)}   1.0 %  0 s, 1 s left  hinton`);
  assertEquals(
    written[4],
    `${CLEAR_LINE}${"█".repeat(10)}${"░".repeat(14)}  41.0 %  0 s, 1 s left  hinton`,
  );
});

Deno.test("Progress never writes a line that is wider than the terminal", () => {
  const { progress, written } = progressUnderTest({ terminal: true, columns: 40 });
  progress.advance(1, "a label that does not fit ".repeat(5));
  assertEquals(written[0].length - CLEAR_LINE.length, 39);
});

Deno.test("Progress keeps milestones above the line in a terminal and clears it at the end", () => {
  const { progress, written } = progressUnderTest({ terminal: true });
  progress.milestone("teacher found");
  progress.finish();
  assertEquals(written, [
    `${CLEAR_LINE}teacher found\n`,
    `${CLEAR_LINE}${"░".repeat(24)}   0.0 %  0 s`,
    CLEAR_LINE,
  ]);
});

Deno.test("Progress stays at 100 % without work, and with more work than announced", () => {
  for (const total of [0, 1]) {
    const { progress, written } = progressUnderTest({ total });
    progress.advance(5);
    progress.finish();
    assertMatch(written[0], /^100\.0 %/);
  }
});

Deno.test("formatDuration() says seconds, minutes and hours", () => {
  assertEquals(
    [0, 0.4, 59.4, 59.6, 200, 3599.7, 3600, 3899, 90_000].map(formatDuration),
    [
      "0 s",
      "0 s",
      "59 s",
      "1 min 00 s",
      "3 min 20 s",
      "1 h 00 min",
      "1 h 00 min",
      "1 h 05 min",
      "25 h 00 min",
    ],
  );
});
