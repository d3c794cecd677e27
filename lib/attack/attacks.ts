import { apgdAttack } from "./apgd.ts";
import type { Attack } from "./attack.ts";
import { bssAttack } from "./bss.ts";
import { carliniWagnerAttack } from "./carlini_wagner.ts";
import { deepFoolAttack } from "./deepfool.ts";
import { fgsmAttack } from "./fgsm.ts";
import { noiseAttack } from "./noise.ts";
import { pgdAttack } from "./pgd.ts";
import { UserError } from "../user_error.ts";

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

/** @throws UserError that lists the valid names */
export function attackNamed(name: string): Attack {
  const attack = attacks.find(({ shortName }) => shortName === name);
  if (attack) return attack;
  const names = attacks.map(({ shortName }) => shortName).join(", ");
  throw new UserError(`there is no attack "${name}"; choose from ${names}`);
}
