import { assertEquals } from "@std/assert";

Deno.test("writeToStderr() lets the work go on once nobody reads the standard error", async () => {
  const helper = new URL("../../lib/files/write_to_stderr.ts", import.meta.url);
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      `import { writeToStderr } from "${helper}";
      await Deno.stdin.read(new Uint8Array(1));
      writeToStderr("10 %");
      console.log("done");`,
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  await child.stderr.cancel();
  await child.stdin.close();
  assertEquals(await new Response(child.stdout).text(), "done\n");
  assertEquals((await child.status).code, 0);
});
