import { apgdAttack } from "./apgd.ts";
import type { Attack } from "./attack.ts";
import { bssAttack } from "./bss.ts";
import { carliniWagnerAttack } from "./carlini_wagner.ts";
import { deepFoolAttack } from "./deepfool.ts";
import { fabAttack } from "./fab.ts";
import { fgsmAttack, pgdAttack } from "./pgd.ts";
import { named } from "../named.ts";
import { noiseAttack } from "./noise.ts";
import { squareAttack } from "./square.ts";

/** Every attack, beginning with the paper's. */
export const attacks: readonly Attack[] = [
  bssAttack,
  noiseAttack,
  fgsmAttack,
  pgdAttack,
  deepFoolAttack,
  carliniWagnerAttack,
  apgdAttack,
  fabAttack,
  squareAttack,
];

/**
 * Finds an attack by its name on the command line: "carlini-wagner".
 *
 * @throws UserError that lists the valid names
 */
export function attackNamed(name: string): Attack {
  return named("attack", attacks, name, "shortName");
}
