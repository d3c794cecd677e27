import { type Outcome, outcomesOf } from "../../attack/attack.ts";
import { topClasses } from "../../tensors/rows.ts";
import { numberText } from "../../report/minus_signs.ts";
import { find } from "./dom.ts";
import { gapChart } from "./gap_chart.ts";
import { type SeenStep, seenWalk, type ShownWalk, type WalkRequest } from "./seen_walk.ts";
import { distance, gapOf, numberRows, probabilityRows } from "./step_tables.ts";

/** An attack, and the names of its classes. */
type NamedRequest = WalkRequest & Pick<ShownWalk, "classes">;

/**
 * Fills the part of a tab that shows a walk step by step: a slider over the steps, the gaps, every
 * network's probabilities, and the numbers.
 *
 * @param onStep draws what is special to the tab, at the step that the reader looks at
 * @returns a function that makes a walk and shows it; a newer walk ends the one before
 */
export function stepsView(
  tab: HTMLElement,
  onStep: (walk: ShownWalk, step: number) => void,
): (prepare: () => Promise<NamedRequest>) => Promise<void> {
  const slider = find<HTMLInputElement>(tab, ".slider");
  const chart = find(tab, ".gaps");
  const status = find(tab, ".status");
  const save = find<HTMLAnchorElement>(tab, ".save");
  let walk: ShownWalk | null = null;
  let newest = 0;
  const update = () => {
    if (walk === null) return;
    const step = Number(slider.value);
    const gaps = walk.steps.map(({ logits }) => logits.map((of) => gapOf(of, walk!)));
    find(tab, ".at").textContent = `${step} of ${walk.steps.length - 1}`;
    chart.replaceChildren(gapChart(gaps, step, chart.clientWidth));
    find(tab, ".probabilities tbody").replaceChildren(...probabilityRows(walk, step));
    find(tab, ".numbers tbody").replaceChildren(...numberRows(walk, gaps));
    onStep(walk, step);
  };
  slider.addEventListener("input", update);
  new ResizeObserver(update).observe(chart);
  return async (prepare) => {
    const own = ++newest;
    const start = performance.now();
    tab.ariaBusy = "true";
    const ends: number[] = [];
    let request: NamedRequest | undefined;
    try {
      request = await prepare();
      const { base, target, classes } = request;
      const steps: SeenStep[] = [];
      for await (const step of seenWalk(request)) {
        if (own !== newest) return;
        steps.push(step);
        walk = { steps, base, target, classes };
        slider.max = String(steps.length - 1);
        slider.value = slider.max;
        update();
        ends.push(performance.now() - start);
        // Lets the page draw the step.
        await new Promise((resolve) => setTimeout(resolve));
      }
    } catch (error) {
      console.error(error);
      if (own !== newest) return;
      tab.ariaBusy = "false";
      status.textContent = `This page cannot compute here: ${(error as Error).message}`;
      return;
    } finally {
      request?.image.dispose();
    }
    if (own !== newest || walk === null) return;
    tab.ariaBusy = "false";
    status.textContent = `${ending(walk)} ${timing(ends)}`;
    URL.revokeObjectURL(save.href);
    save.href = URL.createObjectURL(new Blob([asJson(walk)], { type: "application/json" }));
  };
}

function asJson({ steps, base, target, classes }: ShownWalk): string {
  return JSON.stringify({
    base: classes[base],
    target: classes[target],
    steps: steps.map(({ sample, logits: [teacher, original, bss] }) => ({
      sample: [...sample],
      logits: { teacher: [...teacher], original: [...original], bss: [...bss] },
    })),
  });
}

/** Says how long the first step and the others took, in ms since the reader's click. */
function timing(ends: readonly number[]): string {
  if (ends.length < 2) return "";
  const seconds = (time: number) => `${(time / 1000).toFixed(2)} s`;
  const each = (ends.at(-1)! - ends[1]) / (ends.length - 2);
  return `The first step came after ${seconds(ends[1])}` +
    (ends.length > 2 ? `, a further one takes ${seconds(each)}.` : ".");
}

const ENDINGS: Readonly<Record<Outcome, string>> = {
  "crossed to target": "is in the target class",
  "third class": "is in a third class",
  "not crossed": "has not crossed the boundary",
};

/** Says in a sentence how a walk ended. */
function ending({ steps, base, target, classes }: ShownWalk): string {
  const count = steps.length - 1;
  const { sample, logits } = steps[count];
  const tops = logits.map((of) => topClasses(of, classes.length)[0]);
  const [outcome] = outcomesOf([tops[0]], { labels: [base], targets: [target] });
  if (count === 0 && outcome !== "not crossed") {
    return `The teacher takes it for ${classes[tops[0]]}, not ${classes[base]}, so there is no ` +
      `attack to make.`;
  }
  const [, original, bss] = tops.map((top) => classes[top]);
  return `After ${count} ${count === 1 ? "step" : "steps"} the sample ${ENDINGS[outcome]}, at a ` +
    `L2 distance of ${numberText(distance(sample, steps[0].sample), 2)}. ` +
    `The teacher says ${classes[tops[0]]}, original says ${original}, bss says ${bss}.`;
}
