/**
 * Starts Deno's kernel for Jupyter: `launch_kernel.ts CONNECTION_FILE`. On an interrupt, Deno ends
 * the running JavaScript at any place, and a cell that awaited it never ends. So an interrupt first
 * asks the library to stop.
 */
import { relayControl } from "./control_relay.ts";
import { type Connection, freePorts, startKernel } from "./start_kernel.ts";
import { STOP_LINE, StopLine } from "../../stop/stop_line.ts";

if (import.meta.main) Deno.exit(await launchKernel(Deno.args[0]));

/** Runs the kernel and returns its exit status. */
async function launchKernel(connectionFile: string): Promise<number> {
  const connection = JSON.parse(await Deno.readTextFile(connectionFile)) as Connection;
  const { ip: hostname, control_port: port, key } = connection;
  const listener = Deno.listen({ hostname, port });
  const kernel = { hostname, port: freePorts(hostname, 1)[0] };
  const line = new StopLine();
  const { child, isUp } = await startKernel({ ...connection, control_port: kernel.port }, {
    env: { [STOP_LINE]: line.address },
    stdin: "inherit",
  });
  if (Deno.build.os !== "windows") {
    Deno.addSignalListener("SIGTERM", () => child.kill("SIGTERM"));
  }
  await isUp;
  relayControl({ listener, kernel, key, line });
  return (await child.status).code;
}
