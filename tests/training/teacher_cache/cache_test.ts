import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { TeacherLogitCache } from "../../../lib/training/teacher_cache/cache.ts";
import type { TeacherLogitKey } from "../../../lib/training/teacher_cache/key.ts";
import { noSmallDisk, withSmallDisk } from "../../small_disk.ts";
import { batchOf, bitsOf, onlyCacheFile, smallKey, withCache } from "./small_teacher_cache.ts";
import { withFolder } from "../small_run.ts";

const batch = batchOf(17, 80_000);

/** Fills a cache with the batch. */
async function fill(folder: string, key = smallKey): Promise<void> {
  await withCache(folder, { key }, (cache) => cache.store(batch.numbers, batch.logits));
}

const read = (folder: string, key = smallKey) =>
  withCache(folder, { key }, (cache) => bitsOf(cache.read(batch.numbers)));

Deno.test("TeacherLogitCache gives the next run the stored logits, bit for bit", async () => {
  await withFolder(async (folder) => {
    await fill(folder);
    assertEquals(await read(folder), bitsOf(batch.logits));
  });
});

Deno.test("TeacherLogitCache gives a batch only if it has every image", async () => {
  await withFolder(async (folder) => {
    await fill(folder);
    await withCache(folder, {}, (cache) => {
      assertEquals(cache.read(Float64Array.of(17, 6)), null);
      assertEquals(cache.read(Float64Array.of(80_000, 17))?.length, 8);
    });
  });
});

Deno.test("TeacherLogitCache separates full batches from the smaller last one", async () => {
  await withFolder(async (folder) => {
    await fill(folder);
    await withCache(
      folder,
      {},
      (cache) => {
        const last = batchOf(17);
        assertEquals(cache.read(last.numbers), null);
        const rounded = last.logits.map((value) => value + 1e-6);
        cache.store(last.numbers, rounded);
        assertEquals(bitsOf(cache.read(last.numbers)), bitsOf(rounded));
        assertEquals(bitsOf(cache.read(batch.numbers)), bitsOf(batch.logits));
      },
    );
  });
});

const others: Partial<TeacherLogitKey>[] = [
  { images: "3".repeat(64) },
  { teacher: "3".repeat(64) },
  { batchSize: 3 },
  { backend: "cpu" },
  { tfjs: "4.22.1" },
  { threads: 2 },
  { precision: "bf16" as "f32" },
  { format: 2 as 1 },
];

for (const other of others) {
  const [name] = Object.keys(other);
  Deno.test(`TeacherLogitCache gives no logits of another ${name}, even from a file under its name`, async () => {
    await withFolder(async (folder) => {
      const key = { ...smallKey, ...other };
      await fill(folder);
      const file = onlyCacheFile(folder);
      assertEquals(await read(folder, key), null);
      const itsFile = [...Deno.readDirSync(folder)].map((entry) => join(folder, entry.name))
        .find((path) => path !== file)!;
      // First the whole file takes its place, then only the entries, under the right header.
      const [bytes, header] = [Deno.readFileSync(file), Deno.readFileSync(itsFile).slice(0, 4096)];
      Deno.writeFileSync(itsFile, bytes);
      assertEquals(await read(folder, key), null);
      bytes.set(header);
      Deno.writeFileSync(itsFile, bytes);
      assertEquals(await read(folder, key), null);
    });
  });
}

const damages: [what: string, change: (bytes: Uint8Array) => Uint8Array][] = [
  ["whose header has a flipped bit", (bytes) => {
    bytes[20] ^= 1;
    return bytes;
  }],
  ["cut off in the header", (bytes) => bytes.slice(0, 1000)],
  ["cut off in an entry", (bytes) => bytes.slice(0, bytes.length - 3)],
  ["that is empty", () => new Uint8Array(0)],
  ...[0, 4, 15].map((offset): [string, (bytes: Uint8Array) => Uint8Array] => [
    `with byte ${offset} of an entry changed`,
    (bytes) => {
      bytes[4096 + 17 * 20 + offset] ^= 0x10;
      return bytes;
    },
  ]),
];

for (const [what, change] of damages) {
  Deno.test(`TeacherLogitCache misses the lost entries of a file ${what}, and stores them again`, async () => {
    await withFolder(async (folder) => {
      await fill(folder);
      const file = onlyCacheFile(folder);
      Deno.writeFileSync(file, change(Deno.readFileSync(file)));
      const messages: string[] = [];
      await withCache(folder, { messages }, (cache) => {
        assertEquals(cache.read(batch.numbers), null);
        cache.store(batch.numbers, batch.logits);
        assertEquals(bitsOf(cache.read(batch.numbers)), bitsOf(batch.logits));
      });
      assertEquals(messages, []);
    });
  });
}

Deno.test("TeacherLogitCache gives no entry in another image's place", async () => {
  await withFolder(async (folder) => {
    await fill(folder);
    const file = onlyCacheFile(folder);
    const bytes = Deno.readFileSync(file);
    const place = (slot: number) => 4096 + 20 * slot;
    bytes.copyWithin(place(18), place(17), place(18));
    Deno.writeFileSync(file, bytes);
    await withCache(folder, {}, (cache) => {
      assertEquals(cache.read(Float64Array.of(18, 80_000)), null);
      assertEquals(bitsOf(cache.read(batch.numbers)), bitsOf(batch.logits));
    });
  });
});

Deno.test("TeacherLogitCache reads nothing before it has confirmed an entry, and empties itself if one is wrong", async () => {
  await withFolder(async (folder) => {
    await fill(folder);
    const messages: string[] = [];
    const cache = new TeacherLogitCache(smallKey, { folder, mebibytes: 16 }, (text) => {
      messages.push(text);
    });
    assertEquals(cache.read(batch.numbers), null);
    const otherLogits = batch.logits.map((value) => value + 1e-3);
    cache.store(batch.numbers, otherLogits);
    assertEquals(messages.length, 1);
    assertStringIncludes(messages[0], "held teacher logits that differ from those computed now");
    cache.store(batch.numbers, otherLogits);
    assertEquals(cache.read(batch.numbers), null);
    assertEquals(Deno.statSync(onlyCacheFile(folder)).size, 4096);
    cache.close();
  });
});

Deno.test("TeacherLogitCache stays within its limit and keeps its first entries", async () => {
  await withFolder(async (folder) => {
    const far = (k: number) => batchOf(1000 * k, 1000 * k + 1);
    const kept = await withCache(folder, { mebibytes: 0.25 }, (cache) => {
      for (let k = 1; k <= 200; k++) cache.store(far(k).numbers, far(k).logits);
      return Array.from({ length: 200 }, (_, k) => cache.read(far(k + 1).numbers) !== null);
    });
    const { blocks, size } = Deno.statSync(onlyCacheFile(folder));
    assert((blocks === null ? size : 512 * blocks) <= 2 ** 18, `${blocks} blocks`);
    const count = kept.indexOf(false);
    assert(count > 20, `${count} batches`);
    assertEquals(kept.slice(count).some(Boolean), false);
  });
});

Deno.test("TeacherLogitCache loses nothing when two processes fill it at once", async () => {
  await withFolder(async (folder) => {
    const images = 600;
    const writer = fileURLToPath(new URL("teacher_cache_writer.ts", import.meta.url));
    const processes = [0, 300].map((shift) =>
      new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "--allow-all",
          "--quiet",
          "--no-lock",
          writer,
          folder,
          `${images}`,
          `${shift}`,
        ],
        stdout: "null",
        stderr: "piped",
      }).output()
    );
    for (const { success, stderr } of await Promise.all(processes)) {
      assert(success, new TextDecoder().decode(stderr));
    }
    await withCache(folder, {}, (cache) => {
      for (let k = 0; k < images; k += 2) {
        const { numbers, logits } = batchOf(k, k + 1);
        assertEquals(bitsOf(cache.read(numbers)), bitsOf(logits));
      }
    });
  });
});

Deno.test("TeacherLogitCache only warns, and only once, if it cannot make its folder", async () => {
  await withFolder(async (folder) => {
    Deno.writeTextFileSync(folder, "a file, not a folder");
    const messages: string[] = [];
    await withCache(folder, { messages }, (cache) => {
      cache.store(batch.numbers, batch.logits);
      assertEquals(cache.read(batch.numbers), null);
    });
    assertEquals(messages.length, 1);
    assertStringIncludes(messages[0], "no teacher logits are kept");
    assertStringIncludes(messages[0], folder);
  });
});

Deno.test({
  name: "TeacherLogitCache only warns, and only once, if the disk is full" +
    (noSmallDisk ? `: ${noSmallDisk}` : ""),
  ignore: noSmallDisk !== "",
  fn: () =>
    withSmallDisk(64, async (folder) => {
      const messages: string[] = [];
      await withCache(folder, { messages }, (cache) => {
        for (let k = 1; k <= 50; k++) {
          const { numbers, logits } = batchOf(1000 * k);
          cache.store(numbers, logits);
        }
        assertEquals(cache.read(batchOf(1000).numbers), null);
      });
      assertEquals(messages.length, 1);
      assertStringIncludes(messages[0], "No space left");
    }),
});
