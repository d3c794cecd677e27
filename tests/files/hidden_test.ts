import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { join } from "node:path";
import { startBackend } from "../../lib/backend/start_backend.ts";
import { findPython } from "../../lib/bench/pytorch_peer.ts";
import { findProgram } from "../../lib/files/find_program.ts";
import { hiddenParts } from "../../lib/files/hidden.ts";
import { findChromium } from "../../lib/report/find_chromium.ts";
import { UserError } from "../../lib/user_error.ts";
import { withEnvironment } from "../with_environment.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";

Deno.test("hiddenParts() lists the valid parts for an unknown one", () => {
  assertEquals(hiddenParts("onednn, chromium"), ["onednn", "chromium"]);
  assertEquals(hiddenParts(""), []);
  assertThrows(() => hiddenParts("onednn,gpu"), UserError, '"gpu" cannot be hidden');
  assertThrows(() => hiddenParts("gpu"), UserError, "tensorflow, onednn, webgpu");
});

Deno.test("BSS_WITHOUT hides a backend, which then says so", async () => {
  await withEnvironment({ BSS_WITHOUT: "tensorflow,onednn,webgpu" }, async () => {
    const { backend, passedOver } = await startBackend();
    assertEquals(backend.name, "wasm");
    for (const { reason } of passedOver) assertEquals(reason, "BSS_WITHOUT hides it");
    await assertRejects(() => startBackend("onednn"), UserError, "BSS_WITHOUT hides it");
  });
});

Deno.test("BSS_WITHOUT hides installed programs, and no others", async () => {
  await withTemporaryFolder(async (folder) => {
    for (const name of ["python3", "chromium", "jupyter-lab", "other"]) {
      await Deno.writeTextFile(join(folder, name), "#!/bin/sh\n", { mode: 0o755 });
    }
    await withEnvironment({ PATH: folder, CHROMIUM: null, BSS_WITHOUT: null }, async () => {
      assertEquals(await findProgram(["jupyter-lab"]), join(folder, "jupyter-lab"));
      assertEquals(await findChromium(), join(folder, "chromium"));
      assertEquals(await findProgram(["python3"]), join(folder, "python3"));
    });
    const parts = { PATH: folder, CHROMIUM: null, BSS_WITHOUT: "python,chromium,jupyter" };
    await withEnvironment(parts, async () => {
      assertEquals(await findProgram(["jupyter-lab", "other"]), join(folder, "other"));
      assertEquals(await findChromium(), null);
      assertEquals(await findProgram(["python3"]), null);
      const found = await findPython();
      assertStringIncludes("reason" in found ? found.reason : "", "no python3 here");
    });
  });
});
