import { assertEquals, assertStringIncludes } from "@std/assert";
import { findCuda } from "../../lib/commands/find_cuda.ts";

Deno.test("findCuda() tells driver, CUDA and cuDNN apart, and says how to get a missing one", () => {
  const here = new Set(["libcuda.so.1", "libcudart.so.11.0"]);
  const open = (name: string) => {
    if (!here.has(name)) throw new Error("cannot open shared object file");
  };
  const findings = findCuda(open, "linux");
  assertEquals(findings.map(({ what, file }) => [what, file]), [
    ["NVIDIA driver", "libcuda.so.1"],
    ["CUDA 11", "libcudart.so.11.0"],
    ["cuDNN 8", null],
  ]);
  assertStringIncludes(findings[2].remedy, "libcudnn.so.8 is missing");
  assertStringIncludes(findings[2].remedy, "cuDNN 8.1");
});

Deno.test("findCuda() looks for the libraries' names on Windows", () => {
  const asked: string[] = [];
  findCuda((name) => void asked.push(name), "windows");
  assertEquals(asked, ["nvcuda.dll", "cudart64_110.dll", "cudnn64_8.dll"]);
});
