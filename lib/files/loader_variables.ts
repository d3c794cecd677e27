/**
 * Reads the environment variables that choose a program's libraries: `LD_LIBRARY_PATH`, `LD_PRELOAD`, …
 */
export function loaderVariables(): Record<string, string> {
  const all = Object.entries(Deno.env.toObject());
  return Object.fromEntries(all.filter(([name]) => /^(LD|DYLD)_/i.test(name)));
}
