import { assertEquals } from "@std/assert";
import { messageHeader, okReply } from "../../lib/notebook/kernel/jupyter_message.ts";

const text = (words: string) => new TextEncoder().encode(words);

Deno.test("okReply() answers a request with a signature over its parts", async () => {
  const request = { msg_type: "interrupt_request", session: "s", username: "u" };
  const asked = ["<IDS|MSG>", "", JSON.stringify(request), "{}", "{}", "{}"].map(text);
  const reply = okReply(asked, "interrupt_reply", "key");
  assertEquals(messageHeader(reply)!.msg_type, "interrupt_reply");
  const [, signature, ...signed] = reply;
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", text("key"), hmac, false, ["sign"]);
  const all = Uint8Array.from(signed.flatMap((part) => [...part]));
  const expected = new Uint8Array(await crypto.subtle.sign("HMAC", key, all)).toHex();
  assertEquals(new TextDecoder().decode(signature), expected);
  assertEquals(signed[1], asked[2]);
});

Deno.test("messageHeader() finds none in a command", () => {
  assertEquals(messageHeader([]), null);
});
