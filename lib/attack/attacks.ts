import { apgdAttack } from "./apgd.ts";
import type { Attack } from "./attack.ts";
import { bssAttack } from "./bss.ts";
import { carliniWagnerAttack } from "./carlini_wagner.ts";
import { deepFoolAttack } from "./deepfool.ts";
import { fgsmAttack, pgdAttack } from "./pgd.ts";
import { named } from "../named.ts";
import { noiseAttack } from "./noise.ts";

/** Every attack, that of the paper first. */
export const attacks = [
  bssAttack,
  noiseAttack,
  fgsmAttack,
  pgdAttack,
  deepFoolAttack,
  carliniWagnerAttack,
  apgdAttack,
] as unknown as readonly Attack[];

/**
 * The attack that `--attack` calls so: "carlini-wagner".
 *
 * @throws UserError that lists the valid names
 */
export function attackNamed(name: string): Attack {
  return named("attack", attacks, name, "shortName");
}
