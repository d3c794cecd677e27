import { givenText } from "./options.ts";
import { UserError } from "./user_error.ts";

/**
 * Finds a value by its name.
 *
 * @param kind kind of the values for the error message, for example "attack"
 * @param key property that holds the name
 * @throws UserError that lists the valid names, or if two values have the name
 */
export function named<T extends Readonly<Record<K, string>>, K extends string = "name">(
  kind: string,
  values: readonly T[],
  name: string,
  key: K = "name" as K,
): T {
  const found = values.filter((candidate) => candidate[key] === name);
  if (found.length > 1) {
    throw new UserError(`${found.length} are named "${name}"; rename one ${kind}`);
  }
  if (found.length === 1) return found[0];
  const names = values.map((candidate) => candidate[key]).join(", ");
  throw new UserError(`there is no ${kind} ${givenText(name)}; choose from ${names}`);
}
