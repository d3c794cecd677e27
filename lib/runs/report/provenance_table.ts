import { commandFor, type ExperimentReport } from "./experiment_report.ts";
import type { ResultTable } from "../table/result_table.ts";
import { tableName } from "../table/table_file.ts";
import { tellingColumns } from "../table/telling_columns.ts";
import { resultsOf } from "../planned_run.ts";
import { INPUTS_MIME } from "../../notebook/notebook.ts";
import { bundleOf, type Displayable, displayable } from "../../report/display.ts";
import { displayTable } from "../../report/display_table.ts";
import { readManifest, resultFile } from "../../store/manifest.ts";

const MADE_BY = ["machine", "backend", "threads", "deno", "tfjs", "commit", "data"] as const;

/**
 * Makes a table of an experiment's provenance: one line per machine, backend, version and commit,
 * with seeds and teachers. Adds the hash of each result, for `check`, and the table's file and the
 * command that makes it, for pages.
 */
export async function provenanceTable(
  report: ExperimentReport,
  { results }: Pick<ResultTable, "results">,
): Promise<Displayable> {
  const { experiment, choices, folder, plan } = report;
  const groups = Map.groupBy(results, ({ metadata }) => MADE_BY.map((key) => metadata[key]).join());
  const of = <T>(values: readonly T[]) => [...new Set(values)].join(", ");
  const teachers = results.flatMap(({ specification: { teacher } }) =>
    teacher ? `${teacher.name} (SHA-256 ${teacher.hash.slice(0, 16)}…)` : []
  );
  const rows = [...groups.values()].map((group) => ({
    ...Object.fromEntries(MADE_BY.map((key) => [key, group[0].metadata[key] ?? null])),
    commit: group[0].metadata.commit?.replace(/^([0-9a-f]{12})[0-9a-f]+/, "$1") ?? null,
    runs: group.length,
    seeds: of(group.map(({ specification }) => specification.seed).sort((a, b) => a - b)),
  }));
  const planned = [
    { key: "runs", title: "runs", align: "right" as const },
    { key: "seeds", title: "seeds" },
    ...MADE_BY.map((key) => ({ key, title: key })),
  ];
  const { columns, constants } = tellingColumns({ columns: planned, rows }, MADE_BY);
  const table = displayTable({
    title: "What made these numbers",
    columns,
    rows,
    note: [
      constants.length > 0 && `All with ${constants.join(", ")}`,
      teachers.length > 0 && `Teacher: ${of(teachers)}`,
    ].filter(Boolean).join(". ") || undefined,
  });
  const manifest = await readManifest(folder.path);
  const listed = plan.flatMap(resultsOf).filter((name) =>
    Object.hasOwn(manifest, resultFile(name))
  );
  return displayable(async () => ({
    ...await bundleOf(table),
    [INPUTS_MIME]: {
      folder: folder.path,
      table: tableName(experiment, choices.scale, choices.dataset),
      command: commandFor(report),
      results: Object.fromEntries(
        listed.map((name) => [name, manifest[resultFile(name)].sha256]),
      ),
    },
  }));
}
