import { UserError } from "../user_error.ts";

const UNITS: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1 };

/** A timer counts at most 2³¹ − 1 milliseconds. */
const MOST_HOURS = 596;

/**
 * "150m", "2h30m" or "90s" in seconds.
 *
 * @throws UserError naming the option for anything else, for no time at all, and for more than a timer counts
 */
export function parseTime(option: string, text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)([hms])/g)];
  const seconds = parts.reduce((sum, [, value, unit]) => sum + Number(value) * UNITS[unit], 0);
  if (parts.map(([part]) => part).join("") !== text || !(seconds > 0)) {
    throw new UserError(`--${option} is "${text}", but must be a time such as 150m, 2h30m or 90s`);
  }
  if (seconds > 3600 * MOST_HOURS) {
    throw new UserError(`--${option} is "${text}", but must be at most ${MOST_HOURS}h`);
  }
  return seconds;
}
