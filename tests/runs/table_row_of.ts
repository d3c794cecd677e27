import type { Conditions } from "../../lib/runs/table/conditions.ts";
import type { TableRow } from "../../lib/runs/table/table_row.ts";
import type { Scale } from "../../lib/training/run_specification.ts";

const ALIKE: Conditions = { processor: "AMD EPYC", precision: ["f32"], kernels: "onednn" };

/** Makes a row of an experiment's table without a run. */
export function tableRowOf(
  method: string,
  seed: number,
  test_accuracy: number,
  {
    dataset = "d",
    shares = [null, null, null] as (number | null)[],
    fraction = 1,
    student = "resnet8",
    epochs = 2,
    setting = null as string | null,
    teacher = null as string | null,
    mag_sim = null as number | null,
    scale = "smoke" as Scale,
    conditions = ALIKE as Conditions,
    measuredUnder = {} as TableRow["measuredUnder"],
  } = {},
): TableRow {
  const [share_crossed_to_target, share_third_class, share_not_crossed] = shares;
  return {
    dataset,
    fraction,
    teacher,
    student,
    method,
    seed,
    epochs,
    setting,
    first_stage_epochs: 0,
    scale,
    run: `${method}-${seed}`,
    figures: {
      test_accuracy,
      mag_sim,
      share_crossed_to_target,
      share_third_class,
      share_not_crossed,
    },
    costs: { seconds: 10 * seed },
    conditions,
    measuredUnder,
  };
}
