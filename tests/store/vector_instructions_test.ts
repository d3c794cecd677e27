import { assertEquals } from "@std/assert";
import { vectorInstructions } from "../../lib/store/provenance.ts";

const processor = (...flags: string[]) =>
  `processor\t: 0\nmodel name\t: AMD EPYC\nflags\t\t: fpu sse ${flags.join(" ")}\nbugs\t\t: none\n`;

Deno.test("vectorInstructions() gives the widest instructions of the first processor", () => {
  const two = `${processor("avx2", "avx512f", "avx512_bf16")}\n${processor("avx2")}`;
  assertEquals(vectorInstructions(two), "AVX-512 with bfloat16");
  assertEquals(vectorInstructions(processor("avx2", "avx512f")), "AVX-512");
  assertEquals(vectorInstructions(processor("avx", "avx2")), "AVX2");
  assertEquals(vectorInstructions(processor("avx2", "avx512f", "amx_tile")), "AMX");
});

Deno.test("vectorInstructions() gives null for processors without a known flag", () => {
  for (const text of ["", "processor\t: 0\nFeatures\t: fp asimd sve\n", processor("avx2x")]) {
    assertEquals(vectorInstructions(text), null, text);
  }
});
