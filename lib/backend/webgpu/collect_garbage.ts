import v8 from "node:v8";
import vm from "node:vm";

let collect: (() => void) | null = null;

/**
 * Runs V8's garbage collector now. V8 collects WebGPU objects late, since it knows only of the few
 * bytes that they take in JavaScript.
 */
export function collectGarbage(): void {
  if (collect === null) {
    v8.setFlagsFromString("--expose-gc");
    collect = vm.runInNewContext("gc") as () => void;
  }
  collect();
}
