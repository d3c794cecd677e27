const WIDTH = 24;

/** A bar of characters, filled up to a fraction in 0…1. */
export function textBar(fraction: number): string {
  const filled = Math.round(fraction * WIDTH);
  return "█".repeat(filled) + "░".repeat(WIDTH - filled);
}
