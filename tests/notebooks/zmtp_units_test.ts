import { assertEquals } from "@std/assert";
import { zmtpMessage, type ZmtpUnit, zmtpUnits } from "../../lib/notebook/kernel/zmtp.ts";

const text = (words: string) => new TextEncoder().encode(words);

/** A greeting, a command, a message of a short and a long frame, and a message of one frame. */
const parts = [
  new Uint8Array(64).fill(255),
  Uint8Array.of(4, 3, 1, 2, 3),
  Uint8Array.of(...[1, 2], ...text("ab"), ...zmtpMessage([new Uint8Array(300).fill(7)])),
  Uint8Array.of(0, 1, 9),
];
const conversation = Uint8Array.from(parts.flatMap((part) => [...part]));

async function unitsOf(length: number): Promise<ZmtpUnit[]> {
  async function* chunks() {
    for (let from = 0; from < conversation.length; from += length) {
      yield await Promise.resolve(conversation.slice(from, from + length));
    }
  }
  return await Array.fromAsync(zmtpUnits(chunks()));
}

Deno.test("zmtpUnits() cuts a conversation at the ends of messages, for chunks of any length", async () => {
  for (const length of [1, 7, 64, 1000]) {
    const units = await unitsOf(length);
    assertEquals(units.flatMap(({ bytes }) => [...bytes]), [...conversation]);
    const messages = units.filter(({ frames }) => frames.length > 0);
    assertEquals(messages.map(({ frames }) => frames.map((frame) => frame.length)), [[2, 300], [
      1,
    ]]);
    assertEquals(messages.map(({ bytes }) => bytes.length), [parts[2].length, parts[3].length]);
  }
});

Deno.test("zmtpUnits() passes on the first bytes of a greeting before its last ones arrive", async () => {
  const [first] = await unitsOf(11);
  assertEquals(first.bytes.length, 11);
});
