import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleOf } from "../../lib/report/display.ts";
import { figureDisplay } from "../../lib/report/figure_display.ts";
import { findChromium } from "../../lib/report/find_chromium.ts";
import { learningCurves } from "../../lib/report/learning_curves.ts";
import { renderPng } from "../../lib/report/static_picture.ts";
import { untilStopped } from "../../lib/stop/until_stopped.ts";
import { UserError } from "../../lib/user_error.ts";
import { withEnvironment } from "../with_environment.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";

const CURVES = learningCurves([
  { name: "bss, seed 1", group: "bss", epochs: [1, 2, 3], accuracy: [70, 80, 86.5] },
  { name: "bss, seed 2", group: "bss", epochs: [1, 2, 3], accuracy: [71, 81, 86.1] },
  { name: "hinton, seed 1", group: "hinton", epochs: [1, 2, 3], accuracy: [69, 79, 86] },
]);

Deno.test("findChromium() refuses a CHROMIUM that does not exist", async () => {
  await withEnvironment({ CHROMIUM: "/no/such/browser" }, async () => {
    await assertRejects(findChromium, UserError, 'CHROMIUM is "/no/such/browser"');
  });
});

Deno.test("figureDisplay() warns and leaves out the picture if the browser fails", async () => {
  const warnings: string[] = [];
  const warn = console.warn;
  console.warn = (text: string) => warnings.push(text);
  try {
    // A file that exists but is not a program.
    await withEnvironment({ CHROMIUM: fileURLToPath(import.meta.url) }, async () => {
      assertEquals("image/png" in await bundleOf(figureDisplay(CURVES)), false);
    });
  } finally {
    console.warn = warn;
  }
  assertEquals(warnings.length, 1);
  assertMatch(warnings[0], /no static picture of "Test accuracy .*set CHROMIUM to another browser/);
});

Deno.test("Stop ends the drawing of a picture, and leaves no profile", async () => {
  await withTemporaryFolder(async (folder) => {
    const slow = join(folder, "slow");
    await Deno.writeTextFile(slow, "#!/bin/sh\nexec sleep 60\n", { mode: 0o755 });
    await withEnvironment({ CHROMIUM: slow, TMPDIR: folder }, async () => {
      const abort = new AbortController();
      setTimeout(() => abort.abort(), 300);
      const draw = () => untilStopped(abort.signal, () => bundleOf(figureDisplay(CURVES)));
      assertEquals((await assertRejects(draw, DOMException)).name, "AbortError");
    });
    assertEquals((await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name), ["slow"]);
  });
});

Deno.test("figureDisplay() leaves out the picture without Chromium", async () => {
  await withEnvironment({ CHROMIUM: "", PATH: "" }, async () => {
    assertEquals(await renderPng(CURVES, { width: 10, height: 10 }), null);
    const bundle = await bundleOf(figureDisplay(CURVES));
    assertEquals("image/png" in bundle, false);
    assertMatch(String(bundle["text/html"]), /a figure that needs JavaScript/);
  });
});
