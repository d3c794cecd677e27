import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { basename, join } from "node:path";
import seedrandom from "seedrandom";
import { type Checkpoint, CheckpointFolder } from "../../lib/training/checkpoints.ts";
import { UserError } from "../../lib/user_error.ts";
import { smallSpecification, testEnvironment, withFolder } from "./small_run.ts";

function checkpoint(epoch: number): Checkpoint {
  const data = Float32Array.from({ length: 6 }, (_, i) => i + epoch / 3);
  return {
    epoch,
    rows: Array.from({ length: epoch }, (_, i) => ({ epoch: i + 1, loss: 1 / (i + 1) })),
    tensors: new Map([["w", { dtype: "F32", shape: [2, 3], data }]]),
  };
}

const specification = smallSpecification();
const environment = testEnvironment("cpu");

async function filled(path: string, epochs: number): Promise<CheckpointFolder> {
  const folder = new CheckpointFolder(path, specification, environment, "old code");
  for (let epoch = 1; epoch <= epochs; epoch++) await folder.save(checkpoint(epoch));
  return folder;
}

async function fileNames(path: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(path))).map(({ name }) => name).sort();
}

Deno.test("CheckpointFolder loads the newest checkpoint, and keeps two", async () => {
  await withFolder(async (path) => {
    const folder = await filled(path, 3);
    assertEquals(await folder.load(() => {}), checkpoint(3));
    assertEquals(await fileNames(path), ["epoch-00002.safetensors", "epoch-00003.safetensors"]);
  });
});

Deno.test("CheckpointFolder gives null if there is no checkpoint", async () => {
  await withFolder(async (path) => {
    const folder = new CheckpointFolder(path, specification, environment, "");
    assertEquals(await folder.load(() => {}), null);
    assertEquals(await folder.newest(), null);
  });
});

for (
  const [damage, text, change] of [
    ["cut in half", "not a whole", (bytes: Uint8Array) => bytes.slice(0, bytes.length / 2)],
    ["emptied", "has 0 bytes", () => new Uint8Array(0)],
    ["with one byte changed", "damaged", (bytes: Uint8Array) => {
      bytes[bytes.length - 3] ^= 1;
      return bytes;
    }],
  ] as const
) {
  Deno.test(`CheckpointFolder falls back from a checkpoint ${damage} to the one before, and says so`, async () => {
    await withFolder(async (path) => {
      const folder = await filled(path, 3);
      const newest = join(path, "epoch-00003.safetensors");
      await Deno.writeFile(newest, change(await Deno.readFile(newest)));
      const messages: string[] = [];
      assertEquals(await folder.load((message) => messages.push(message)), checkpoint(2));
      assertEquals(messages.length, 1);
      assertStringIncludes(messages[0], newest);
      assertStringIncludes(messages[0], text);
      assertStringIncludes(messages[0], "the checkpoint before it");
    });
  });
}

Deno.test("CheckpointFolder falls back or loads the same for any changed byte of the header", async () => {
  await withFolder(async (path) => {
    const folder = await filled(path, 2);
    const newest = join(path, "epoch-00002.safetensors");
    const whole = await Deno.readFile(newest);
    const header = 8 + Number(new DataView(whole.buffer).getBigUint64(0, true));
    const random = seedrandom("flips");
    for (let flip = 0; flip < 400; flip++) {
      const bytes = whole.slice();
      const at = Math.floor(random() * header);
      bytes[at] ^= flip % 2 === 0 ? 1 << Math.floor(random() * 8) : Math.ceil(random() * 255);
      await Deno.writeFile(newest, bytes);
      const messages: string[] = [];
      const loaded = await folder.load((message) => messages.push(message));
      const named = `byte ${at}: ${whole[at]} → ${bytes[at]}`;
      assertEquals(loaded, checkpoint(2 - messages.length), named);
      for (const message of messages) assertStringIncludes(message, newest, named);
    }
  });
});

Deno.test("CheckpointFolder falls back if the header gives a tensor another type", async () => {
  await withFolder(async (path) => {
    const folder = await filled(path, 2);
    const newest = join(path, "epoch-00002.safetensors");
    const bytes = await Deno.readFile(newest);
    const at = new TextDecoder("latin1").decode(bytes).indexOf('"F32"') + 1;
    bytes[at] = "I".charCodeAt(0);
    await Deno.writeFile(newest, bytes);
    const messages: string[] = [];
    assertEquals(await folder.load((message) => messages.push(message)), checkpoint(1));
    assertEquals(messages.length, 1);
  });
});

Deno.test("CheckpointFolder starts over if no checkpoint can be read, and says so", async () => {
  await withFolder(async (path) => {
    const folder = new CheckpointFolder(path, specification, environment, "");
    const [first, second] = ["epoch-00001", "epoch-00002"].map((name) =>
      join(path, `${name}.safetensors`)
    );
    await Deno.mkdir(second, { recursive: true }); // a folder in its place
    await Deno.writeFile(first, new Uint8Array(4));
    const messages: string[] = [];
    assertEquals(await folder.load((message) => messages.push(message)), null);
    assertStringIncludes(messages[0], `${second} cannot be read`);
    assertStringIncludes(messages[0], "falling back to the checkpoint before it");
    assertStringIncludes(messages[1], first);
    assertStringIncludes(messages[1], "there is none before it");
    await folder.save(checkpoint(1));
    assertEquals(await Array.fromAsync(Deno.readDir(path), ({ name }) => name), [basename(first)]);
    assertEquals(await folder.load(() => {}), checkpoint(1));
  });
});

Deno.test("CheckpointFolder refuses another specification or backend, and shows the difference", async () => {
  await withFolder(async (path) => {
    await filled(path, 1);
    const changed = { ...specification, options: { ...specification.options, eta: 0.5 }, seed: 2 };
    const other = new CheckpointFolder(path, changed, testEnvironment("wasm"), "");
    const error = await assertRejects(() => other.load(() => {}), UserError);
    assertStringIncludes(error.message, "options.eta: 1.2 → 0.5");
    assertStringIncludes(error.message, "seed: 1 → 2");
    assertStringIncludes(error.message, 'backend: "cpu" → "wasm"');
    assertStringIncludes(error.message, `delete ${path}`);
  });
});

Deno.test("CheckpointFolder says so if the code has changed since the checkpoint", async () => {
  await withFolder(async (path) => {
    await filled(path, 1);
    const messages: string[] = [];
    const later = new CheckpointFolder(path, specification, environment, "new code");
    assertEquals(await later.load((message) => messages.push(message)), checkpoint(1));
    assertEquals(messages.length, 1);
    assertStringIncludes(messages[0], "has changed since");
    assertStringIncludes(messages[0], `delete ${path} to start over`);
  });
});

Deno.test("CheckpointFolder refuses another arithmetic, and accepts a checkpoint without one", async () => {
  await withFolder(async (path) => {
    const folderOf = (arithmetic?: Record<string, string>) =>
      new CheckpointFolder(path, specification, { ...environment, arithmetic }, "");
    await folderOf().save(checkpoint(1));
    const wide = folderOf({ library: "oneDNN 3.7.2", instructions: "AMX" });
    assertEquals(await wide.load(() => {}), checkpoint(1));
    await wide.save(checkpoint(2));
    assertEquals(await wide.load(() => {}), checkpoint(2));
    const variables = "DNNL_MAX_CPU_ISA=AVX2";
    const narrow = folderOf({ library: "oneDNN 3.6.0", instructions: "AVX2", variables });
    const { message } = await assertRejects(() => narrow.load(() => {}), UserError);
    for (
      const [name, change] of [
        ["library", '"oneDNN 3.7.2" → "oneDNN 3.6.0"'],
        ["instructions", '"AMX" → "AVX2"'],
        ["variables", 'undefined → "DNNL_MAX_CPU_ISA=AVX2"'],
      ]
    ) assertStringIncludes(message, `arithmetic.${name}: ${change}`);
    assertStringIncludes(message, `delete ${path}`);
    await assertRejects(() => folderOf().load(() => {}), UserError, "arithmetic");
  });
});
