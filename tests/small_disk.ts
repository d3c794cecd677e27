/** Runs a command that must succeed. */
async function command(name: string, ...args: string[]): Promise<void> {
  const { success } = await new Deno.Command(name, { args, stdout: "null", stderr: "null" })
    .output();
  if (!success) throw new Error(`${name} ${args.join(" ")} failed`);
}

/** Gives a folder that is a disk of its own, of so many KiB. */
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

/** Why there can be no small disk here; empty if there can. */
export const noSmallDisk = Deno.build.os !== "linux"
  ? "needs Linux for a small tmpfs"
  : await withSmallDisk(64, () => Promise.resolve()).then(
    () => "",
    () => "needs leave to mount a small tmpfs",
  );
