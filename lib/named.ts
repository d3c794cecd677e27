import { UserError } from "./user_error.ts";

/**
 * Finds a value by its name.
 *
 * @param kind kind of the values for the error message, for example "attack"
 * @param key property that holds the name
 * @throws UserError that lists the valid names
 */
export function named<T extends Readonly<Record<K, string>>, K extends string = "name">(
  kind: string,
  values: readonly T[],
  name: string,
  key: K = "name" as K,
): T {
  const value = values.find((candidate) => candidate[key] === name);
  if (value) return value;
  const names = values.map((candidate) => candidate[key]).join(", ");
  throw new UserError(`there is no ${kind} "${name}"; choose from ${names}`);
}
