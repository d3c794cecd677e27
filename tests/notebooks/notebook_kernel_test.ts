import { assertEquals, assertRejects } from "@std/assert";
import { NotebookKernel } from "../../lib/notebook/kernel/notebook_kernel.ts";

Deno.test("NotebookKernel.start() leaves no process if the kernel cannot be reached", async () => {
  const [connect, spawn] = [Deno.connect, Deno.Command.prototype.spawn];
  let child: Deno.ChildProcess | undefined;
  let status: Deno.CommandStatus | undefined;
  Deno.Command.prototype.spawn = function () {
    child = spawn.call(this);
    child.status.then((ended) => status = ended);
    return child;
  };
  const reached = new Set<number>();
  // The first connection to a port only asks whether the kernel listens.
  Deno.connect = (async (address: Deno.ConnectOptions) => {
    if (reached.has(address.port)) throw new Error("unreachable");
    const connection = await connect(address);
    reached.add(address.port);
    return connection;
  }) as typeof Deno.connect;
  try {
    await assertRejects(() => NotebookKernel.start("."), Error, "unreachable");
    assertEquals(status?.signal, "SIGKILL");
  } finally {
    Deno.connect = connect;
    Deno.Command.prototype.spawn = spawn;
    if (!status) child?.kill("SIGKILL");
  }
});
