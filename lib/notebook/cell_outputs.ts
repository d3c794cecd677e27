import type { JupyterMessage } from "./kernel/jupyter_message.ts";
import type { DataOutput, Output } from "./notebook.ts";

/** A notebook's outputs that later messages may replace, by the display's id. */
export type Displays = Map<string, DataOutput[]>;

/** The content of a message about data that a cell shows. */
interface Shown extends Omit<DataOutput, "output_type"> {
  readonly transient?: { readonly display_id?: string };
}

/** Makes a cell's outputs from the kernel's messages, as Jupyter does. */
export class CellOutputs {
  readonly list: Output[] = [];
  readonly #displays: Displays;
  /** True if the next output replaces those before it. */
  #isStale = false;

  constructor(displays: Displays) {
    this.#displays = displays;
  }

  take({ type, content }: JupyterMessage): void {
    if (type === "stream") this.#addText(content as { name: "stdout"; text: string });
    if (type === "error") this.#add({ output_type: type, ...content } as Output);
    if (type === "clear_output") {
      if (content.wait) this.#isStale = true;
      else this.list.length = 0;
    }
    if (["display_data", "execute_result", "update_display_data"].includes(type)) {
      this.#show(type, content as unknown as Shown);
    }
  }

  #show(type: string, { transient, ...shown }: Shown): void {
    const id = transient?.display_id;
    const earlier = this.#displays.get(id ?? "") ?? [];
    for (const output of earlier) {
      Object.assign(output, { data: shown.data, metadata: shown.metadata });
    }
    if (type === "update_display_data") return;
    const output = { output_type: type as DataOutput["output_type"], ...shown };
    this.#add(output);
    if (id !== undefined) this.#displays.set(id, [...earlier, output]);
  }

  /** Adds printed text to the text before it: it is cut differently each time. */
  #addText({ name, text }: { name: "stdout" | "stderr"; text: string }): void {
    const before = this.#isStale ? undefined : this.list.at(-1);
    if (before?.output_type === "stream" && before.name === name) {
      this.list[this.list.length - 1] = { ...before, text: before.text + text };
    } else {
      this.#add({ output_type: "stream", name, text });
    }
  }

  #add(output: Output): void {
    if (this.#isStale) this.list.length = 0;
    this.#isStale = false;
    this.list.push(output);
  }
}
