/** Runs a command that must succeed. */
async function command(name: string, ...args: string[]): Promise<void> {
  const { success } = await new Deno.Command(name, { args, stdout: "null", stderr: "null" })
    .output();
  if (!success) throw new Error(`${name} ${args.join(" ")} failed`);
}

/** Runs a test with a folder on its own small disk. */
export async function withSmallDisk(
  kibibytes: number,
  use: (path: string) => Promise<void>,
): Promise<void> {
  const path = await Deno.makeTempDir({ prefix: "bss-tmpfs-" });
  try {
    await command("mount", "-t", "tmpfs", "-o", `size=${kibibytes}k`, "tmpfs", path);
    try {
      await use(path);
    } finally {
      await command("umount", path);
    }
  } finally {
    await Deno.remove(path);
  }
}

/** The reason why a small disk is not possible here; empty if it is. */
export const noSmallDisk = Deno.build.os !== "linux"
  ? "needs Linux for a small tmpfs"
  : await withSmallDisk(64, () => Promise.resolve()).then(
    () => "",
    () => "needs permission to mount a small tmpfs",
  );
