/**
 * Starts Deno's kernel for Jupyter: `launch_kernel.ts CONNECTION_FILE`. On an interrupt, Deno ends
 * the running JavaScript at any place, and a cell that awaited it never ends. So an interrupt first
 * asks the library to stop.
 */
import { join } from "node:path";
import { relayControl } from "./control_relay.ts";
import { STOP_LINE, StopLine } from "../../stop/stop_line.ts";

/** The fields of a connection file that are used here. */
interface ConnectionFile {
  readonly ip: string;
  readonly control_port: number;
  readonly key: string;
}

if (import.meta.main) Deno.exit(await launchKernel(Deno.args[0]));

/** Runs the kernel and returns its exit status. */
async function launchKernel(connectionFile: string): Promise<number> {
  const connection = JSON.parse(await Deno.readTextFile(connectionFile)) as ConnectionFile;
  const { ip: hostname, control_port: port, key } = connection;
  const listener = Deno.listen({ hostname, port });
  const kernel = { hostname, port: freePort(hostname) };
  const line = new StopLine();
  const folder = await Deno.makeTempDir({ prefix: "bss-kernel-" });
  const file = join(folder, "connection.json");
  const moved = JSON.stringify({ ...connection, control_port: kernel.port });
  await Deno.writeTextFile(file, moved, { mode: 0o600 });
  const child = new Deno.Command(Deno.execPath(), {
    args: ["jupyter", "--kernel", "--conn", file],
    env: { [STOP_LINE]: line.address },
    stdin: "inherit",
  }).spawn();
  if (Deno.build.os !== "windows") {
    Deno.addSignalListener("SIGTERM", () => child.kill("SIGTERM"));
  }
  await Promise.race([reached(kernel), child.status]);
  // Removed now, because Jupyter may kill this process at any time.
  await Deno.remove(folder, { recursive: true });
  relayControl({ listener, kernel, key, line });
  return (await child.status).code;
}

/** Waits until something listens at the address. */
async function reached(address: Deno.ConnectOptions): Promise<void> {
  const isThere = () =>
    Deno.connect(address).then((it) => it.close()).then(() => true, () => false);
  while (!await isThere()) await new Promise((resolve) => setTimeout(resolve, 20));
}

function freePort(hostname: string): number {
  using listener = Deno.listen({ hostname, port: 0 });
  return listener.addr.port;
}
