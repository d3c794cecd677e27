import { UserError } from "../../lib/user_error.ts";

/**
 * The names that patterns stand for, in their own order: a whole name for itself, else the beginning of
 * some; "*" is any text. Without a pattern all of them.
 *
 * @throws UserError for a pattern that fits none, with the names that look most like it
 */
export function matchingNames(
  names: readonly string[],
  patterns: readonly string[],
): readonly string[] {
  if (patterns.length === 0) return names;
  const matching = new Set(patterns.flatMap((pattern) => matches(names, pattern)));
  return names.filter((name) => matching.has(name));
}

function matches(names: readonly string[], pattern: string): readonly string[] {
  if (names.includes(pattern)) return [pattern];
  const beginning = new RegExp(`^${pattern.split("*").map(RegExp.escape).join(".*")}`);
  const found = names.filter((name) => beginning.test(name));
  if (found.length === 0) throw noMatch(names, pattern);
  return found;
}

function noMatch(names: readonly string[], pattern: string): UserError {
  const near = nearNames(names, pattern);
  const advice = near.length > 0
    ? `near it are ${near.join(", ")}`
    : `there are ${names.length} results, which \`deno task results list --each\` names`;
  return new UserError(`no result's name begins with "${pattern}"; ${advice}`);
}

/** At most three names, those that share the most pieces of three letters with the pattern. */
function nearNames(names: readonly string[], pattern: string): string[] {
  const pieces = Array.from(pattern.slice(2), (_, at) => pattern.slice(at, at + 3));
  const shared = (name: string) => pieces.filter((piece) => name.includes(piece)).length;
  return names.filter((name) => shared(name) > 0)
    .toSorted((a, b) => shared(b) - shared(a))
    .slice(0, 3);
}
