import type { DistillationMethod, PassCount } from "./method.ts";
import type { Options, Rules } from "../options.ts";

/** What a student learns from its teacher before another method trains it. */
export interface FirstStage<R extends Rules>
  extends Pick<DistillationMethod<R>, "name" | "options" | "createVariables" | "step"> {
  /** Its epochs, as a share of those of the method that follows. */
  share(options: Options<R>): number;
  readonly passes: PassCount;
}

/**
 * A method of two stages: a first one of at least an epoch, then another method as it is, with its
 * options beside those of the first.
 *
 * @param second trains nothing but the student
 */
export function twoStages<A extends Rules, B extends Rules>(
  { name, summary }: Pick<DistillationMethod, "name" | "summary">,
  first: FirstStage<A>,
  second: DistillationMethod<B>,
): DistillationMethod<A & B> {
  return {
    name,
    summary,
    options: { ...first.options, ...second.options },
    optionsFor: (given) => ({
      ...first.options,
      ...(second.optionsFor?.(given) ?? second.options),
    }),
    needsTeacher: true,
    stages: (options, epochs) => [
      { name: first.name, epochs: Math.max(1, Math.round(first.share(options as never) * epochs)) },
      ...second.stages(options as never, epochs),
    ],
    passes: (options, batchSize, stage) =>
      stage === first.name ? first.passes : second.passes(options as never, batchSize, stage),
    createVariables: first.createVariables as DistillationMethod<A & B>["createVariables"],
    step: (options, context) =>
      (context.stage === first.name ? first : second).step(options as never, context),
  };
}
