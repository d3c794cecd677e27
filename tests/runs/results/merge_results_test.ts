import { assertEquals, assertThrows } from "@std/assert";
import { TABLE, withReferenceCopy } from "./reference_copy.ts";
import { mergeParts, mergeResults } from "../../../lib/runs/results/export_results.ts";
import { isRun, readStored } from "../../../lib/runs/results/stored_result.ts";
import type { Columns, Row } from "../../../lib/store/arrow_file.ts";
import { UserError } from "../../../lib/user_error.ts";

function part(seed: number, columns: Columns, rows: Row[]) {
  const front = { columns: { seed: "int32" }, fields: { seed } } as const;
  return { name: `runs/${seed}`, front, content: { columns, rows } };
}

Deno.test("mergeParts() puts the identifying columns in front, and null for a missing column", () => {
  assertEquals(
    mergeParts([
      part(1, { loss: "float64" }, [{ loss: 0.5 }, { loss: 0.25 }]),
      part(2, { stage: "utf8" }, [{ stage: "hint" }]),
    ]),
    {
      columns: { seed: "int32", loss: "float64", stage: "utf8" },
      rows: [
        { seed: 1, loss: 0.5, stage: null },
        { seed: 1, loss: 0.25, stage: null },
        { seed: 2, loss: null, stage: "hint" },
      ],
    },
  );
});

Deno.test("mergeParts() turns whole numbers into fractions if needed, and refuses other differences", () => {
  const whole = part(1, { n: "int32" }, [{ n: 1 }]);
  const fraction = part(2, { n: "float64" }, [{ n: 1.5 }]);
  const text = part(3, { n: "utf8" }, [{ n: "1" }]);
  for (const parts of [[whole, fraction], [fraction, whole]]) {
    assertEquals(mergeParts(parts).columns.n, "float64");
  }
  assertThrows(
    () => mergeParts([whole, text]),
    UserError,
    'runs/3 does not fit the results before it: its column "n" is utf8, theirs int32',
  );
});

Deno.test("mergeResults() names each row's run, table or evaluation", async () => {
  await withReferenceCopy(async (folder, [run]) => {
    const of = { run: run.slice("runs/".length), evaluation: "boundary" };
    const measured = { measure: "mag_sim", value: 0.5 };
    const columns: Columns = { measure: "utf8", value: "float64" };
    await folder.write("evaluations/a", columns, [measured], of);
    await folder.write("evaluations/b", columns, [measured], { ...of, run: "gone" });
    const { results } = await readStored(folder);
    const runs = results.filter(isRun);
    const kind = (name: string) => results.filter((result) => result.name.startsWith(name));

    const epochs = mergeResults(runs, runs);
    assertEquals(epochs.rows.length, 48);
    assertEquals(epochs.metadata, {});
    const { method, seed, options, protocol, epoch } = epochs.rows[8];
    assertEquals({ method, seed, options, protocol, epoch }, {
      method: "bss",
      seed: 2,
      epoch: 1,
      options: "baseSamples=8, eta=1, step=newton",
      protocol: "batchSize=32, epochs=8",
    });

    const [first, second] = mergeResults(kind("evaluations/"), runs).rows;
    const { run: named, student, evaluation, measure, value } = first;
    assertEquals({ run: named, evaluation, measure, value }, { ...of, ...measured });
    assertEquals(student, "resnet8");
    assertEquals([second.run, second.student, second.value], ["gone", null, 0.5]);

    const table = mergeResults(kind(TABLE), runs);
    assertEquals(table.rows[0].table, "quickstart-quick");
    assertEquals(table.metadata, (await folder.read(TABLE)).metadata);

    assertThrows(
      () => mergeResults(results, runs),
      UserError,
      "evaluations and runs and tables, which have no columns in common; choose one kind",
    );
  });
});
