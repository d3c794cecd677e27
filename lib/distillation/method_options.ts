import type { DistillationMethod } from "./method.ts";
import { resolveOptions } from "../options.ts";

/**
 * A method's options with defaults filled in.
 *
 * @throws UserError naming the option, what it got and what it may be
 */
export function resolveMethodOptions(
  method: DistillationMethod,
  given: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  return resolveOptions(method.name, method.optionsFor?.(given) ?? method.options, given);
}
