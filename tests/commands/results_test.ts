import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { runTask } from "./run_task.ts";
import { flipByte, rewrite, TABLE, withReferenceCopy } from "../runs/results/reference_copy.ts";
import { readers } from "../store/export/readers.ts";
import type { Columns } from "../../lib/store/arrow_file.ts";
import type { ResultsFolder } from "../../lib/store/results_folder.ts";
import { resultFile } from "../../lib/store/manifest.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";
import { removeResult } from "../store/remove_result.ts";

const results = ({ path }: Pick<ResultsFolder, "path">, ...args: string[]) =>
  runTask("experiments/results.ts", ...args, "--results", path);

Deno.test("results lists results, with or without the word list", async () => {
  await withReferenceCopy(async (folder) => {
    const listed = await results(folder, "list");
    assertEquals([listed.code, listed.stderr], [0, ""]);
    assertMatch(listed.stdout, /^hinton +1, 2 +8 +69\.30 ± 2\.26 /m);
    assertStringIncludes(listed.stdout, "6 runs, 0 evaluations, 1 table");
    assertEquals((await results(folder)).stdout, listed.stdout);
    const each = await results(folder, "list", "--each", "tables/");
    assertMatch(each.stdout, /^tables\/quickstart-quick +6 /m);
  });
});

Deno.test("results show gives a result's provenance", async () => {
  await withReferenceCopy(async (folder, [run]) => {
    const { code, stdout } = await results(folder, "show", run);
    assertEquals(code, 0);
    assertStringIncludes(stdout, '"method": "bss"');
  });
});

Deno.test("results compare shows two runs beside each other, and takes two names", async () => {
  await withReferenceCopy(async (folder, [bss, , hinton]) => {
    const { code, stdout, stderr } = await results(folder, "compare", bss, hinton);
    assertEquals([code, stderr], [0, ""]);
    assertMatch(stdout, /^ +1 +70\.30 +67\.70 +\+2\.60$/m);
    assertMatch(
      stdout,
      /\n\nWhat differs in the specifications\n.*\n\nAccuracy over the epochs/s,
    );
    const one = await results(folder, "compare", bss);
    assertEquals(one.code, 2);
    assertStringIncludes(one.stderr, "compare needs two NAMEs of runs, not 1");
  });
});

Deno.test("results merge copies runs into the folder that --results names", async () => {
  await withReferenceCopy(async ({ path }) => {
    await withTemporaryFolder(async (parent) => {
      const into = join(parent, "ours");
      const merged = await results({ path: into }, "merge", path);
      assertEquals([merged.code, merged.stderr], [0, ""]);
      assertStringIncludes(merged.stdout, "copied 6 runs, 0 evaluations, 0 tables");
      assertStringIncludes((await results({ path: into }, "verify")).stdout, "all is whole");
      const alone = await runTask("experiments/results.ts", "merge", path);
      assertEquals(alone.code, 2);
      assertStringIncludes(alone.stderr, "merge needs a FOLDER to copy from, and --results FOLDER");
    });
  });
});

Deno.test("results names damage, leaves it out, and ends with status 2", async () => {
  await withReferenceCopy(async (folder, [run, other]) => {
    await flipByte(folder, resultFile(run));
    const damage = `${resultFile(run)} is damaged: its SHA-256`;
    const listed = await results(folder, "list");
    assertEquals(listed.code, 2);
    assertStringIncludes(listed.stderr, damage);
    assertStringIncludes(listed.stdout, "5 runs");
    const verified = await results(folder, "verify");
    assertEquals(verified.code, 2);
    assertMatch(verified.stdout, new RegExp(`^damaged: .*${RegExp.escape(damage)}`));
    assertMatch(verified.stdout, /6 runs.*2 of 5 whole runs are kept: 1 damaged\n$/);
    const exported = await results(folder, "export", "runs/*-bss-");
    assertEquals(exported.code, 2);
    assertStringIncludes(exported.stderr, damage);
    assertEquals(
      exported.stdout.trim().split("\n").length,
      1 + (await folder.read(other)).rows.length,
    );
  });
});

Deno.test("results prints no control character of a file, and no line that a file makes up", async () => {
  await withReferenceCopy(async (folder, runs) => {
    const evil = "\x1b[2J\x9b31m\nwhole: nothing to see\u202e";
    for (const run of runs) {
      await rewrite(folder, run, ({ metadata }) => ({ metadata: { ...metadata, backend: evil } }));
    }
    await rewrite(folder, runs[0], ({ metadata, columns, rows }) => ({
      metadata: { ...metadata, commit: evil, list: JSON.stringify([evil]) },
      columns: { ...columns, [evil]: "utf8" },
      rows: rows.map((row) => ({ ...row, [evil]: evil })),
    }));
    await rewrite(folder, TABLE, ({ metadata }) => ({
      metadata: { ...metadata, [evil]: evil, title: evil, missing: JSON.stringify([evil]) },
    }));
    await Deno.writeTextFile(join(folder.path, "students", "\x1b[2J"), "");
    for (const args of [["list"], ["list", "--each"], ["show", "*"], ["verify"]]) {
      const { stdout, stderr } = await results(folder, ...args);
      assertStringIncludes(stdout, "whole: nothing to see");
      assertNothingRaw(stdout + stderr);
    }
    assertNothingRaw((await results(folder, "list", "\x1b[2J")).stderr);
    const manifest = join(folder.path, "manifest.json");
    await Deno.writeTextFile(manifest, JSON.stringify({ files: { [evil]: {} } }));
    const { code, stderr } = await results(folder, "list");
    assertEquals(code, 2);
    assertStringIncludes(stderr, "\\u001b[2J\\u009b31m");
    assertNothingRaw(stderr);
  });
});

function assertNothingRaw(text: string): void {
  assertEquals(/[^\P{Cc}\n]|\p{Bidi_Control}|^whole:/mu.exec(text)?.[0], undefined, text);
}

Deno.test("results verify ends with status 0 for whole results, 1 for incomplete ones", async () => {
  await withReferenceCopy(async (folder, [run]) => {
    const whole = await results(folder, "verify");
    assertEquals([whole.code, whole.stderr], [0, ""]);
    assertStringIncludes(whole.stdout, "3 of 6 whole runs are kept: all is whole");
    await removeResult(folder, run);
    const { code, stdout } = await results(folder, "verify");
    assertEquals(code, 1);
    assertMatch(
      stdout,
      /^incomplete: .*quickstart-quick\.arrow: its rows have runs that are missing/,
    );
    assertMatch(stdout, /: 1 incomplete, 1 unlisted\n$/);
    assertEquals((await results(folder, "verify", "runs/")).code, 0);
  });
});

Deno.test("results of a folder that lost its manifest says so, and asks to delete nothing", async () => {
  await withReferenceCopy(async ({ path }) => {
    await Deno.remove(join(path, "manifest.json"));
    const list = await results({ path }, "list");
    assertEquals(list.code, 2);
    assertStringIncludes(list.stderr, "has lost manifest.json, which lists its results");
    const { code, stdout } = await results({ path }, "verify");
    assertEquals([code, stdout.includes("deleted")], [1, false], stdout);
    assertStringIncludes(stdout, "put that file back");
  });
});

Deno.test("results says how to make results if a folder is empty, and names a missing folder", async () => {
  await withTemporaryFolder(async (path) => {
    for (const action of ["list", "verify"]) {
      const { code, stdout } = await results({ path }, action);
      assertEquals(code, 0);
      assertEquals(
        stdout,
        `There are no results in ${path}; \`deno task reproduce\` makes some.\n`,
      );
    }
    const { code, stderr } = await results({ path: join(path, "no") });
    assertEquals(code, 2);
    assertMatch(
      stderr,
      /^error: there is no results folder .*; `deno task reproduce` makes one\n$/,
    );
  });
});

Deno.test("results refuses unknown actions, options and names, and lists the valid ones", async () => {
  await withReferenceCopy(async (folder) => {
    const refused: [string[], string][] = [
      [["lst"], 'results cannot "lst"; choose from list, show, verify, compare, merge, export'],
      [["list", "--format", "csv"], "--format is an option of `results export`, not of list"],
      [["export"], "export needs a NAME: runs/, tables/"],
      [["export", "tables/quick", "--format", "xlsx"], "choose from csv, arrow, parquet"],
      [
        ["export", "tables/quick", "--format", "arrow", "--out", "a.csv"],
        "does not fit --out a.csv",
      ],
      [["export", "tables/quick", "--out", "/tmp/x.xlsx"], 'there is no format "xlsx"'],
      [["export", "*"], "runs and tables, which have no columns in common"],
      [["export", "runs/", "--out", join(folder.path, "x.csv")], "choose another --out"],
      [["verify", "table1"], `no result's name begins with "table1"; similar names are ${TABLE}`],
    ];
    for (const [args, message] of refused) {
      const { code, stdout, stderr } = await results(folder, ...args);
      assertEquals([code, stdout], [2, ""]);
      assertMatch(stderr, /^error: .*\n$/);
      assertStringIncludes(stderr, message);
    }
  });
});

const COLUMNS: Columns = {
  method: "utf8",
  seed: "int32",
  epoch: "int32",
  test_accuracy: "float64",
};

for (const reader of readers) {
  for (const format of reader.formats) {
    Deno.test({
      name: `${reader.name} reads all runs that results export writes as ${format}` +
        (reader.reason && `: ${reader.reason}`),
      ignore: reader.reason !== "",
      async fn() {
        await withReferenceCopy(async (folder, runs) => {
          await withTemporaryFolder(async (path) => {
            const file = join(path, `runs.${format}`);
            const { code, stdout } = await results(folder, "export", "runs/", "--out", file);
            assertEquals(code, 0);
            assertMatch(stdout, /: 48 rows and \d+ columns of 6 results\n$/);
            const rows = await reader.read(file, format, await columnsOf(file, format));
            const last = (await folder.read(runs[5])).rows[7];
            const { method, seed, epoch, test_accuracy } = rows[47];
            assertEquals({ method, seed, epoch, test_accuracy }, {
              method: "original",
              seed: 2,
              epoch: 8,
              test_accuracy: last.test_accuracy,
            });
          });
        });
      },
    });
  }
}

/** Gives the columns' types, which a CSV file lacks: those of the checked columns, else text. */
async function columnsOf(file: string, format: string): Promise<Columns> {
  if (format !== "csv") return COLUMNS;
  const names = (await Deno.readTextFile(file)).split("\n")[0].split(",");
  return Object.fromEntries(names.map((name) => [name, COLUMNS[name] ?? "utf8"]));
}

for (const reader of readers.filter(({ formats }) => formats.includes("arrow"))) {
  Deno.test({
    name: `${reader.name} reads the files of results directly` +
      (reader.reason && `: ${reader.reason}`),
    ignore: reader.reason !== "",
    async fn() {
      await withReferenceCopy(async (folder, [run]) => {
        for (const name of [run, TABLE]) {
          const { columns, rows } = await folder.read(name);
          const file = join(folder.path, resultFile(name));
          assertEquals(await reader.read(file, "arrow", columns), rows);
        }
      });
    },
  });
}
