import { assert, assertEquals, assertRejects } from "@std/assert";
import { madeUpKernel, printedBy } from "./made_up_kernel.ts";
import { CellProgress, cellProgress } from "../../lib/report/cell_progress.ts";
import { displayable } from "../../lib/report/display.ts";
import type { Figure } from "../../lib/report/figure.ts";
import { liveDisplay, Paced } from "../../lib/report/live_display.ts";
import { liveLearningCurves } from "../../lib/report/live_learning_curves.ts";
import { Progress, WorkCount } from "../../lib/report/progress.ts";
import { withEnvironment } from "../with_environment.ts";

const text = (shown: string) => displayable(() => ({ "text/plain": shown }));
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

Deno.test("liveDisplay() shows a display once and then changes it in place", async () => {
  const { kernel, sent } = madeUpKernel();
  const display = liveDisplay(kernel);
  await display.update(text("1 %"));
  await display.update(text("2 %"));
  await display.finish(text("done"));
  assertEquals(sent.map(({ type, data }) => [type, data["text/plain"]]), [
    ["display_data", "1 %"],
    ["update_display_data", "2 %"],
    ["update_display_data", "done"],
  ]);
  assertEquals(new Set(sent.map(({ transient }) => transient.display_id)).size, 1);
});

Deno.test("liveDisplay() gives each display its own place", async () => {
  const { kernel, sent } = madeUpKernel();
  await liveDisplay(kernel).update(text("a"));
  await liveDisplay(kernel).update(text("b"));
  assertEquals(new Set(sent.map(({ transient }) => transient.display_id)).size, 2);
});

Deno.test("liveDisplay() keeps the order of updates, even of slow ones", async () => {
  const { kernel, sent } = madeUpKernel();
  const display = liveDisplay(kernel);
  const slow = displayable(async () => {
    await pause(30);
    return { "text/plain": "slow" };
  });
  await Promise.all([display.update(slow), display.update(text("fast"))]);
  assertEquals(sent.map(({ data }) => data["text/plain"]), ["slow", "fast"]);
});

Deno.test("liveDisplay() continues after a failed update", async () => {
  const { kernel, sent } = madeUpKernel();
  const display = liveDisplay(kernel);
  const broken = displayable(() => Promise.reject(new Error("no picture")));
  await assertRejects(() => display.update(broken), Error, "no picture");
  await display.update(text("next"));
  assertEquals(sent.map(({ type }) => type), ["display_data"]);
});

Deno.test("liveDisplay() prints only the end outside a notebook", async () => {
  const printed = await printedBy(async () => {
    const display = liveDisplay(null);
    assertEquals(display.isLive, false);
    await display.update(text("1 %"));
    await display.finish(text("done"));
  });
  assertEquals(printed, ["done"]);
});

Deno.test("Paced acts at once, then once for all requests in the waiting time", async () => {
  let count = 0;
  const paced = new Paced(() => Promise.resolve(void count++), 60);
  for (let i = 0; i < 5; i++) paced.request();
  await pause(20);
  assertEquals(count, 1);
  for (let i = 0; i < 5; i++) paced.request();
  await pause(10);
  assertEquals(count, 1);
  await pause(80);
  assertEquals(count, 2);
  await paced.stop();
});

Deno.test("Paced cancels a waiting request and waits for the running action", async () => {
  const done: string[] = [];
  const paced = new Paced(async () => {
    await pause(30);
    done.push("action");
  }, 1000);
  paced.request();
  await pause(5);
  paced.request();
  await paced.stop();
  assertEquals(done, ["action"]);
});

Deno.test("Paced turns an error of its action into a warning", async () => {
  const warnings: unknown[] = [];
  const { warn } = console;
  console.warn = (warning: unknown) => warnings.push(warning);
  try {
    const paced = new Paced(() => Promise.reject(new Error("no kernel")), 0);
    paced.request();
    await pause(5);
    await paced.stop();
  } finally {
    console.warn = warn;
  }
  assertEquals(warnings, ["Error: no kernel"]);
});

Deno.test("liveLearningCurves() redraws small figures and ends with a whole one", async () => {
  await withEnvironment({ CHROMIUM: "", PATH: "" }, async () => {
    const { kernel, sent } = madeUpKernel();
    const live = liveLearningCurves("Training", liveDisplay(kernel));
    for (const epoch of [1, 2, 3]) {
      live.add({ name: "bss, seed 1", group: "bss", epoch, accuracy: 60 + epoch });
    }
    await pause(150);
    live.add({ name: "bss, seed 1", group: "bss", epoch: 4, accuracy: 70 });
    await live.finish();
    assertEquals(sent.map(({ type }) => type), ["display_data", "update_display_data"]);
    const [first, last] = sent.map(({ data }) => data["application/vnd.plotly.v1+json"] as Figure);
    assertEquals([first.data[0].y, last.data[0].y], [[61, 62, 63], [61, 62, 63, 70]]);
    assertEquals(last.layout.title.text, "Training");
    for (const { data } of sent) assert(String(data["text/html"]).includes("bss-plotly"));
  });
});

Deno.test("liveLearningCurves() carries Plotly only in its first and last figure", async () => {
  await withEnvironment({ CHROMIUM: "", PATH: "" }, async () => {
    const { kernel, sent } = madeUpKernel();
    const live = liveLearningCurves("Training", liveDisplay(kernel));
    for (const epoch of [1, 2]) {
      live.add({ name: "bss, seed 1", epoch, accuracy: 50 });
      await pause(1200);
    }
    await live.finish();
    const carries = sent.map(({ data }) => String(data["text/html"]).includes('"bss-plotly"'));
    assertEquals(carries, [true, false, true]);
  });
});

Deno.test("liveLearningCurves() sorts epochs, and keeps the later of two with the same number", async () => {
  const { kernel, sent } = madeUpKernel();
  await withEnvironment({ CHROMIUM: "", PATH: "" }, async () => {
    const live = liveLearningCurves(undefined, liveDisplay(kernel));
    for (const [epoch, accuracy] of [[2, 50], [1, 40], [2, 55]]) {
      live.add({ name: "hinton", epoch, accuracy });
    }
    await live.finish();
  });
  const { data } = sent[0].data["application/vnd.plotly.v1+json"] as Figure;
  assertEquals([data[0].x, data[0].y], [[1, 2], [40, 55]]);
});

Deno.test("liveLearningCurves() shows nothing without a finished epoch", async () => {
  const { kernel, sent } = madeUpKernel();
  await liveLearningCurves(undefined, liveDisplay(kernel)).finish();
  assertEquals(sent, []);
});

Deno.test("cellProgress() is the terminal's progress outside a notebook", () => {
  assert(cellProgress(1, null) instanceof Progress);
});

Deno.test("CellProgress shows percent, times, label and the last milestone", async () => {
  const { kernel, sent } = madeUpKernel();
  const clock = { seconds: 0 };
  const work = new WorkCount(100, () => 1000 * clock.seconds);
  const progress = new CellProgress(work, liveDisplay(kernel));
  clock.seconds = 10;
  progress.advance(25, "bss, seed 1");
  progress.milestone("wrote a.arrow");
  progress.milestone("wrote b.arrow");
  await progress.finish();
  assertEquals(sent.map(({ data }) => data["text/plain"]), [
    "██████░░░░░░░░░░░░░░░░░░ 25.0 %  10 s, 30 s left  bss, seed 1\nwrote b.arrow",
  ]);
  const html = String(sent[0].data["text/html"]);
  assert(html.includes('aria-valuenow="25.0"') && html.includes("width:25.0%"));
});

Deno.test("CellProgress escapes its label and its milestones", async () => {
  const { kernel, sent } = madeUpKernel();
  const progress = cellProgress(10, kernel);
  progress.discount(5);
  progress.advance(5, "<script>alert(1)</script>");
  progress.milestone("<img src=x onerror=alert(1)>");
  await progress.finish();
  const html = String(sent.at(-1)!.data["text/html"]);
  assert(!html.includes("<script") && !html.includes("<img"));
  assert(html.includes("100.0 %"));
});

Deno.test("CellProgress draws many advances once", async () => {
  const { kernel, sent } = madeUpKernel();
  const progress = cellProgress(1000, kernel);
  for (let i = 0; i < 1000; i++) progress.advance(1);
  await progress.finish();
  assertEquals(sent.length, 1);
});
