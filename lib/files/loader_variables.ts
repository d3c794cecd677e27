/** The environment variables that say which libraries a program loads: `LD_LIBRARY_PATH`, `LD_PRELOAD`, … */
export function loaderVariables(): Record<string, string> {
  const all = Object.entries(Deno.env.toObject());
  return Object.fromEntries(all.filter(([name]) => /^(LD|DYLD)_/i.test(name)));
}
