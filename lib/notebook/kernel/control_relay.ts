import type { StopLine } from "../../stop/stop_line.ts";
import { messageHeader, okReply } from "./jupyter_message.ts";
import { zmtpMessage, zmtpUnits } from "./zmtp.ts";

/** The two sides of the relay. */
export interface ControlRelay {
  /** The control channel that Jupyter connects to. */
  readonly listener: Deno.TcpListener;
  /** Address of the kernel's own control channel. */
  readonly kernel: Deno.ConnectOptions;
  /** Key that signs the kernel's messages. */
  readonly key: string;
  readonly line: StopLine;
}

/**
 * Passes on the messages of Jupyter and a kernel on the control channel. An interrupt first asks
 * the library to stop. If the library does not answer, because it is not loaded or JavaScript runs
 * without a pause, the kernel gets the interrupt, which ends the running code at any place.
 */
export async function relayControl(relay: ControlRelay): Promise<never> {
  for await (const client of relay.listener) {
    // Closes the client's connection with the kernel's, as it would be without the relay.
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
    // The other side has closed it already.
  }
}
