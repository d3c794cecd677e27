import { join } from "node:path";

/** The content of a connection file: a kernel's addresses, and the key that signs its messages. */
export interface Connection {
  readonly ip: string;
  readonly shell_port: number;
  readonly iopub_port: number;
  readonly control_port: number;
  readonly key: string;
  readonly [other: string]: unknown;
}

/** A kernel's process. */
export interface KernelProcess {
  readonly child: Deno.ChildProcess;
  /** Resolves to true when the kernel can be reached, and to false if it has ended. */
  readonly isUp: Promise<boolean>;
}

/** Starts Deno's kernel for Jupyter. */
export async function startKernel(
  connection: Connection,
  options: Deno.CommandOptions,
): Promise<KernelProcess> {
  const folder = await Deno.makeTempDir({ prefix: "bss-kernel-" });
  const file = join(folder, "connection.json");
  await Deno.writeTextFile(file, JSON.stringify(connection), { mode: 0o600 });
  const child = new Deno.Command(Deno.execPath(), {
    ...options,
    args: ["jupyter", "--quiet", "--kernel", "--conn", file],
  }).spawn();
  // The file is removed as soon as the kernel has read it, because this process may be killed.
  const isUp = reached(connection, child).finally(() => Deno.remove(folder, { recursive: true }));
  return { child, isUp };
}

async function reached(connection: Connection, child: Deno.ChildProcess): Promise<boolean> {
  const { ip: hostname, shell_port, iopub_port, control_port } = connection;
  let hasEnded = false;
  child.status.then(() => hasEnded = true);
  for (const port of [shell_port, iopub_port, control_port]) {
    const isThere = () =>
      Deno.connect({ hostname, port }).then((it) => it.close()).then(() => true, () => false);
    while (!hasEnded && !await isThere()) await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return !hasEnded;
}

/** Finds ports that are free now. */
export function freePorts(hostname: string, count: number): number[] {
  const listeners = Array.from({ length: count }, () => Deno.listen({ hostname, port: 0 }));
  const ports = listeners.map(({ addr }) => addr.port);
  for (const listener of listeners) listener.close();
  return ports;
}
