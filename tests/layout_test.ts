import { assertEquals } from "@std/assert";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { filesUnder } from "../lib/store/files_under.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** `import … from "./x.ts"`, `export … from "./x.ts"` and `await import("./x.ts")`. */
const IMPORT = /^(?:import|export|\})[^"\n]*"(\.[^"]+\.ts)"|import\("(\.[^"]+\.ts)"\)/gm;

/** The modules that each module of `lib` and `experiments` imports, paths from the project's folder. */
const imports = new Map<string, string[]>();
for (const top of ["lib", "experiments"]) {
  for await (const file of filesUnder(join(ROOT, top))) {
    if (!file.endsWith(".ts")) continue;
    const path = `${top}/${file}`;
    const text = await Deno.readTextFile(join(ROOT, path));
    const found = [...text.matchAll(IMPORT)].map(([, from, dynamic]) => from ?? dynamic);
    imports.set(path, found.map((name) => normalize(join(dirname(path), name))));
  }
}

/** The folder of a module; `lib/mod.ts` and the files beside it are folders of their own. */
function folderOf(path: string): string {
  const [top, folder, ...rest] = path.split("/");
  return top === "lib" && rest.length > 0 ? `lib/${folder}` : top === "lib" ? path : top;
}

/** Finds the nodes that lead back to themselves. */
function inCircles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const left = new Map(graph);
  for (let before = -1; before !== left.size;) {
    before = left.size;
    for (const [node, targets] of left) {
      if (!targets.some((target) => left.has(target))) left.delete(node);
    }
  }
  return [...left.keys()];
}

Deno.test("the modules are all read", () => {
  assertEquals(imports.get("lib/attack/bss.ts")!.includes("lib/attack/walk.ts"), true);
  assertEquals(inCircles(new Map([["a", ["b"]], ["b", ["a"]], ["c", ["a"]], ["d", []]])), [
    "a",
    "b",
    "c",
  ]);
});

Deno.test("no constant stands below the start of a command, which would use it too early", async () => {
  const late: string[] = [];
  for (const path of imports.keys()) {
    const text = await Deno.readTextFile(join(ROOT, path));
    const start = text.search(/^if \(import\.meta\.main\)/m);
    if (start >= 0 && /^(export )?(const|let|class) /m.test(text.slice(start))) late.push(path);
  }
  assertEquals(late, []);
});

Deno.test("no modules import each other in a circle", () => {
  assertEquals(inCircles(imports), []);
});

Deno.test("no folders import each other in a circle", () => {
  const folders = new Map<string, string[]>();
  for (const [path, targets] of imports) {
    const own = folderOf(path);
    const others = targets.map(folderOf).filter((folder) => folder !== own);
    folders.set(own, [...folders.get(own) ?? [], ...others]);
  }
  assertEquals(inCircles(folders), []);
});

Deno.test("only the command that renders pages knows the explorer", () => {
  const others = [...imports].filter(([path, targets]) =>
    folderOf(path) !== "lib/explorer" && targets.some((to) => folderOf(to) === "lib/explorer")
  );
  assertEquals(others.map(([path]) => path), ["lib/commands/render.ts"]);
});

Deno.test("results, figures and Stop know nothing of training, and the library nothing of experiments", () => {
  const forbidden: Record<string, RegExp> = {
    "lib/": /^experiments\//,
    "lib/report/": /^lib\/(training|runs)\//,
    "lib/store/": /^lib\/(training|runs|distillation)\//,
    "lib/stop/": /^lib\/(?!stop\/)/,
    // What a browser runs.
    "lib/explorer/page/": /^lib\/(backend|commands|notebook|render|runs|store|teacher)\//,
  };
  const wrong = [...imports].flatMap(([path, targets]) =>
    Object.entries(forbidden).filter(([folder]) => path.startsWith(folder))
      .flatMap(([, pattern]) => targets.filter((target) => pattern.test(target)))
      .map((target) => `${path} imports ${target}`)
  );
  assertEquals(wrong, []);
});

Deno.test("each folder of the library says in its README.md what it is for", async () => {
  const folders = new Set([...imports.keys()].map(folderOf));
  for (const folder of folders) {
    if (folder.endsWith(".ts") || !folder.startsWith("lib/")) continue;
    const text = await Deno.readTextFile(join(ROOT, folder, "README.md"));
    assertEquals(text.startsWith(`# ${folder.slice("lib/".length)}\n`), true, folder);
  }
});
