import { tableFromIPC } from "npm:apache-arrow@21.2.0";
import type { Reader } from "./readers.ts";

/** Arrow's own JavaScript. */
export const arrowJsReader: Reader = {
  name: "apache-arrow",
  formats: ["arrow"],
  reason: "",
  async read(file) {
    return tableFromIPC(await Deno.readFile(file)).toArray().map((row) => row.toJSON());
  },
};
