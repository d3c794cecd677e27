import { UserError } from "../../user_error.ts";

/** @throws UserError if images have not as many channels as a network takes; oneDNN names no number */
export function checkChannels(channels: number, taken: number): void {
  if (channels === taken) return;
  throw new UserError(
    `the network takes images of ${taken} channels, but these have ${channels}; give it images like ` +
      "those that it was trained on",
  );
}
