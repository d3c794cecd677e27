import { attention, attentionHinton } from "./attention.ts";
import { bss } from "./bss.ts";
import { dkd } from "./dkd.ts";
import { fitnet } from "./fitnet.ts";
import { fsp, fspBss } from "./fsp.ts";
import { hinton } from "./hinton.ts";
import type { DistillationMethod } from "./method.ts";
import { original } from "./original.ts";
import { similarity } from "./similarity.ts";
import { UserError } from "../user_error.ts";

/** Every method: those of the paper's table in its order, then later ones. */
export const methods = [
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
] as unknown as readonly DistillationMethod[];

/** @throws UserError that lists the valid names */
export function methodNamed(name: string): DistillationMethod {
  const method = methods.find((candidate) => candidate.name === name);
  if (method) return method;
  const names = methods.map((candidate) => candidate.name).join(", ");
  throw new UserError(`there is no method "${name}"; choose from ${names}`);
}
