import { assertEquals, assertThrows } from "@std/assert";
import { parseOverrides } from "../../lib/runs/overrides.ts";
import { UserError } from "../../lib/user_error.ts";

Deno.test("parseOverrides() reads values as JSON if possible, otherwise as text", () => {
  assertEquals(
    parseOverrides([
      "bss.eta=0.1",
      "bss.mode=paper",
      "bss.clamp=[-1,1]",
      "fsp+bss.baseSamples=32",
      "protocol.epochs=20",
      "bss.targetRule=least likely",
    ]),
    {
      bss: { eta: 0.1, mode: "paper", clamp: [-1, 1], targetRule: "least likely" },
      "fsp+bss": { baseSamples: 32 },
      protocol: { epochs: 20 },
    },
  );
  assertEquals(parseOverrides([]), {});
});

Deno.test("parseOverrides() says what a setting must look like", () => {
  for (const setting of ["eta=0.1", "bss.eta", "bss=1", ".eta=1", ""]) {
    assertThrows(() => parseOverrides([setting]), UserError, "as in bss.eta=0.1");
  }
  assertThrows(() => parseOverrides(["bss.eta=1", "bss.eta=2"]), UserError, "bss.eta twice");
  assertThrows(() => parseOverrides(["bsss.eta=1"]), UserError, 'no method "bsss"');
  assertThrows(() => parseOverrides(["pgd.epsilon=1"]), UserError, "as in bss.epsilon=…");
});
