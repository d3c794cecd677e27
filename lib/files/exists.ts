/**
 * Returns true if there is a file or folder of that name.
 *
 * @throws Deno.errors.NotCapable if Deno does not allow the look-up
 */
export async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, (error) => {
    if (error instanceof Deno.errors.NotCapable) throw error;
    return false;
  });
}
