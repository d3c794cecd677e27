import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { PROJECT_ROOT } from "../../lib/files/project_root.ts";

const read = async (file: string) => JSON.parse(await Deno.readTextFile(join(PROJECT_ROOT, file)));

Deno.test("Deno prints no downloads in a task, and no warning about install scripts", async () => {
  const { tasks, allowScripts } = await read("deno.json");
  const loud = Object.keys(tasks).filter((name) => !/^deno run --quiet /.test(tasks[name].command));
  assertEquals(loud, []);
  const { npm } = await read("deno.lock") as { npm: Record<string, { scripts?: boolean }> };
  const scripts = Object.keys(npm).filter((name) => npm[name].scripts)
    .map((name) => `npm:${name.slice(0, name.lastIndexOf("@"))}`);
  assertEquals(allowScripts.deny.toSorted(), scripts.sort());
});
