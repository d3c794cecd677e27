/**
 * The part of `jsr:@std/assert` that the tests use, built on `node:assert`, for machines that
 * cannot reach JSR. `deno task test` chooses one of the two and prints its choice.
 */
import strict from "node:assert/strict";

export function assert(condition: unknown, message?: string): asserts condition {
  strict.ok(condition, message);
}

export function assertEquals<T>(actual: T, expected: T, message?: string): void {
  strict.deepEqual(actual, expected, message);
}

export function assertNotEquals<T>(actual: T, expected: T, message?: string): void {
  strict.notDeepEqual(actual, expected, message);
}

export function assertAlmostEquals(
  actual: number,
  expected: number,
  tolerance = Math.abs(expected) * 1e-7,
  message?: string,
): void {
  strict.ok(
    Object.is(actual, expected) || Math.abs(actual - expected) <= tolerance,
    message ?? `${actual} is not within ${tolerance} of ${expected}`,
  );
}

export function assertStringIncludes(actual: string, expected: string, message?: string): void {
  strict.ok(actual.includes(expected), message ?? `"${actual}" does not include "${expected}"`);
}

export function assertMatch(actual: string, expected: RegExp, message?: string): void {
  strict.match(actual, expected, message);
}

// deno-lint-ignore no-explicit-any
type ErrorClass<E extends Error> = new (...values: any[]) => E;

export function assertThrows<E extends Error = Error>(
  run: () => unknown,
  errorClass?: ErrorClass<E>,
  includes?: string,
): E {
  try {
    run();
  } catch (error) {
    return checkError(error, errorClass, includes);
  }
  return strict.fail("expected the function to throw");
}

export async function assertRejects<E extends Error = Error>(
  run: () => PromiseLike<unknown>,
  errorClass?: ErrorClass<E>,
  includes?: string,
): Promise<E> {
  const ending = run();
  try {
    await ending;
  } catch (error) {
    return checkError(error, errorClass, includes);
  }
  return strict.fail("expected the function to reject");
}

function checkError<E extends Error>(
  error: unknown,
  errorClass?: ErrorClass<E>,
  includes = "",
): E {
  if (errorClass) {
    strict.ok(error instanceof errorClass, `expected ${errorClass.name}, got ${error}`);
  }
  assertStringIncludes((error as Error).message, includes);
  return error as E;
}
