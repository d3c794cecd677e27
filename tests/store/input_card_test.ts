import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { type CardKind, cardPath, keepCard, readCard } from "../../lib/store/input_card.ts";
import { UserError } from "../../lib/user_error.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";

const CARD = { name: "a-resnet8", hash: "6f", metadata: { dataset: "a", test: "92.55" } };

const KIND: CardKind<typeof CARD> = {
  what: "teacher",
  keys: ["name", "hash", "metadata"],
  identity: "hash",
};

/** Runs a test on a folder with a card. */
async function withCard(test: (folder: string, file: string) => Promise<void>): Promise<void> {
  await withTemporaryFolder(async (folder) => {
    await keepCard(KIND, folder, CARD);
    await test(folder, join(folder, cardPath(CARD.name)));
  });
}

Deno.test("readCard() reads a card of keepCard(), with any line ends, and gives null if there is none", async () => {
  await withCard(async (folder, file) => {
    assertEquals(await readCard(KIND, folder, CARD.name), CARD);
    // Kept again, as a command does that has only the card, it is the same file.
    const before = await Deno.readTextFile(file);
    await keepCard(KIND, folder, (await readCard(KIND, folder, CARD.name))!);
    assertEquals(await Deno.readTextFile(file), before);
    await Deno.writeTextFile(file, (await Deno.readTextFile(file)).replaceAll("\n", "\r\n"));
    assertEquals((await readCard(KIND, folder, CARD.name))!.hash, CARD.hash);
    assertEquals(await readCard(KIND, folder, "b"), null);
  });
});

Deno.test("readCard() notices every flipped bit of a card", async () => {
  await withCard(async (folder, file) => {
    const whole = await Deno.readFile(file);
    let unnoticed = 0;
    for (let bit = 0; bit < 8 * whole.length; bit++) {
      const flipped = whole.slice();
      flipped[bit >> 3] ^= 1 << (bit & 7);
      await Deno.writeFile(file, flipped);
      unnoticed += await readCard(KIND, folder, CARD.name).then(() => 1, (error) => {
        assertStringIncludes(error.message, `${file} is damaged: it`);
        return 0;
      });
    }
    assertEquals(unnoticed, 0);
  });
});

Deno.test("readCard() takes a card of an older version without a hash, but without any other field", async () => {
  await withCard(async (folder, file) => {
    const write = (card: object) => Deno.writeTextFile(file, `${JSON.stringify(card, null, 2)}\n`);
    await write(CARD);
    assertEquals(await readCard(KIND, folder, CARD.name), CARD);
    await write({ ...CARD, sha257: "0" });
    await assertRejects(() => readCard(KIND, folder, CARD.name), UserError, "is damaged");
  });
});

Deno.test("readCard() refuses a card of another input", async () => {
  await withCard(async (folder, file) => {
    await Deno.copyFile(file, join(folder, cardPath("b-resnet8")));
    await assertRejects(
      () => readCard(KIND, folder, "b-resnet8"),
      UserError,
      "b-resnet8.json is damaged: it describes a-resnet8; restore it",
    );
  });
});

Deno.test("keepCard() rewrites the card of the same input, and refuses to replace another's", async () => {
  await withCard(async (folder, file) => {
    await keepCard(KIND, folder, { ...CARD, metadata: { dataset: "b", test: "1" } });
    const text = await Deno.readTextFile(file);
    assertStringIncludes(text, '"dataset": "b"');
    await assertRejects(
      () => keepCard(KIND, folder, { ...CARD, hash: "70" }),
      UserError,
      "describes a teacher of SHA-256 6f, but the one here has 70; put back the one described, or use another",
    );
    assertEquals(await Deno.readTextFile(file), text);
  });
});
