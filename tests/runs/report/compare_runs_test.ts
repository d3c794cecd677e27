import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { compareRuns } from "../../../experiments/mod.ts";
import { withEnvironment } from "../../with_environment.ts";
import { PROJECT_ROOT } from "../../../lib/files/project_root.ts";

Deno.test("compareRuns() shows the curves as a figure, then the tables", async () => {
  const folder = join(PROJECT_ROOT, "results", "reference");
  const [bss, hinton] = ["bss", "hinton"].map((name) => `fashion-mnist-subset-resnet8-${name}-`);
  const printed: string[] = [];
  const { log } = console;
  console.log = (text: string) => printed.push(text.split("\n")[0]);
  try {
    await withEnvironment(
      { BSS_WITHOUT: "chromium", CHROMIUM: null },
      () => compareRuns(folder, bss, hinton),
    );
  } finally {
    console.log = log;
  }
  assertEquals(printed, [
    "[figure: Test accuracy over training. Test accuracy (%) over Epoch: bss; hinton]",
    "Accuracy after the last epoch",
    "What differs in the specifications",
    "Accuracy over the epochs, mean over seeds",
  ]);
});
