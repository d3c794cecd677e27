import { activationBoundaries } from "./activation_boundaries.ts";
import { attention, attentionHinton } from "./attention.ts";
import { bss } from "./bss.ts";
import { contrastive } from "./contrastive.ts";
import { dist } from "./dist.ts";
import { dkd } from "./dkd.ts";
import { fitnet } from "./fitnet.ts";
import { fsp, fspBss } from "./fsp.ts";
import { hinton } from "./hinton.ts";
import type { DistillationMethod } from "./method.ts";
import { named } from "../named.ts";
import { original } from "./original.ts";
import { relational } from "./relational.ts";
import { similarity } from "./similarity.ts";

/** Every method: first those of the paper's table, in its order, then later ones. */
export const methods: readonly DistillationMethod[] = [
  original,
  hinton,
  fitnet,
  attention,
  attentionHinton,
  fsp,
  bss,
  fspBss,
  dkd,
  similarity,
  dist,
  relational,
  activationBoundaries,
  contrastive,
];

/**
 * Finds a method by its name on the command line: "hinton".
 *
 * @throws UserError that lists the valid names
 */
export function methodNamed(name: string): DistillationMethod {
  return named("method", methods, name);
}
