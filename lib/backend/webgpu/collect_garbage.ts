import v8 from "node:v8";
import vm from "node:vm";

let collect: (() => void) | null = null;

/**
 * Has the language collect its garbage now. It does so late for objects of WebGPU, of which it knows
 * only the few bytes that it holds itself.
 */
export function collectGarbage(): void {
  if (collect === null) {
    v8.setFlagsFromString("--expose-gc");
    collect = vm.runInNewContext("gc") as () => void;
  }
  collect();
}
