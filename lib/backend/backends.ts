import type { Backend } from "./backend.ts";
import { cpu } from "./cpu.ts";
import { onednn } from "./onednn.ts";
import { tensorflow } from "./tensorflow.ts";
import { wasm } from "./wasm.ts";
import { webgpu } from "./webgpu.ts";

/** Every backend, in the order in which `auto` tries them. */
export const backends: readonly Backend[] = [tensorflow, onednn, webgpu, wasm, cpu];
