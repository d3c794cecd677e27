import { messageHeader, okReply } from "./jupyter_message.ts";
import type { StopLine } from "./stop_line.ts";
import { zmtpMessage, zmtpUnits } from "./zmtp_units.ts";

/** What the relay stands between. */
export interface ControlRelay {
  /** Where Jupyter finds the kernel's control channel. */
  readonly listener: Deno.TcpListener;
  /** Where the kernel has it. */
  readonly kernel: Deno.ConnectOptions;
  /** That the kernel's messages are signed with. */
  readonly key: string;
  readonly line: StopLine;
}

/**
 * Passes on what Jupyter and a kernel say on the control channel, but an interrupt: the library is
 * asked to stop first. Only where it does not answer, because there is none or because JavaScript works
 * without a pause, is the kernel interrupted, which ends what it is at in the middle.
 */
export async function relayControl(relay: ControlRelay): Promise<never> {
  for await (const client of relay.listener) {
    // A client is hung up on when the kernel is, as it would be without the relay.
    relayConnection(client, relay).catch(() => {}).finally(() => hangUp(client));
  }
  throw new Error("the control channel was closed");
}

async function relayConnection(
  client: Deno.TcpConn,
  { kernel: address, key, line }: ControlRelay,
): Promise<void> {
  const kernel = await Deno.connect(address);
  const [toClient, toKernel] = [client, kernel].map(({ writable }) => writable.getWriter());
  const requests = async () => {
    for await (const { bytes, frames } of zmtpUnits(client.readable)) {
      const isInterrupt = messageHeader(frames)?.msg_type === "interrupt_request";
      if (isInterrupt && await line.stop()) {
        await toClient.write(zmtpMessage(okReply(frames, "interrupt_reply", key)));
        continue;
      }
      await toKernel.write(bytes);
      if (isInterrupt) await line.ended();
    }
  };
  const answers = async () => {
    for await (const { bytes } of zmtpUnits(kernel.readable)) await toClient.write(bytes);
  };
  try {
    await Promise.race([requests(), answers()]);
  } finally {
    hangUp(kernel);
  }
}

function hangUp(connection: Deno.TcpConn): void {
  try {
    connection.close();
  } catch {
    // It was closed already by the other side.
  }
}
