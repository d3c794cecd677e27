/** Runs a test with changed environment variables; null unsets a variable. */
export async function withEnvironment(
  variables: Record<string, string | null>,
  use: () => void | Promise<void>,
): Promise<void> {
  const set = (name: string, value: string | null | undefined) =>
    value == null ? Deno.env.delete(name) : Deno.env.set(name, value);
  const before = Object.keys(variables).map((name) => [name, Deno.env.get(name)] as const);
  Object.entries(variables).forEach(([name, value]) => set(name, value));
  try {
    await use();
  } finally {
    before.forEach(([name, value]) => set(name, value));
  }
}
