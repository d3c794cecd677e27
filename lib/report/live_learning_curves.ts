import { figureDisplay, redrawnFigureDisplay } from "./figure_display.ts";
import { learningCurves } from "./learning_curves.ts";
import { type LiveDisplay, liveDisplay, Paced } from "./live_display.ts";

/** One epoch of one run. */
export interface EpochAccuracy {
  /** Name of the run, for example "bss, seed 1". */
  readonly name: string;
  /** Method, which sets the colour and the name in the legend. Default: the run's name. */
  readonly group?: string;
  readonly epoch: number;
  /** Percent; NaN leaves a gap. */
  readonly accuracy: number;
}

/** Learning curves that grow during training. */
export interface LiveLearningCurves {
  /** Adds an epoch, or replaces it: a run may start again. */
  add(epoch: EpochAccuracy): void;
  /** Leaves the figure with its picture in the notebook. Must be awaited, in a `finally` too. */
  finish(): Promise<void>;
}

const REDRAW_MS = 1000;

/** Makes learning curves below the cell that adds epochs. Redraws them at most once a second. */
export function liveLearningCurves(
  title?: string,
  display: LiveDisplay = liveDisplay(),
): LiveLearningCurves {
  const runs = new Map<string, { group?: string; epochs: Map<number, number> }>();
  const figure = () =>
    learningCurves(
      [...runs].map(([name, { group, epochs }]) => {
        const sorted = [...epochs].sort(([a], [b]) => a - b);
        return {
          name,
          group,
          epochs: sorted.map(([epoch]) => epoch),
          accuracy: sorted.map(([, accuracy]) => accuracy),
        };
      }),
      title,
    );
  let isFirst = true;
  const redrawing = new Paced(async () => {
    await display.update(redrawnFigureDisplay(figure(), isFirst));
    isFirst = false;
  }, REDRAW_MS);
  return {
    add({ name, group, epoch, accuracy }) {
      if (!runs.has(name)) runs.set(name, { group, epochs: new Map() });
      runs.get(name)!.epochs.set(epoch, accuracy);
      if (display.isLive) redrawing.request();
    },
    async finish() {
      await redrawing.stop();
      if (runs.size > 0) await display.finish(figureDisplay(figure()));
    },
  };
}
