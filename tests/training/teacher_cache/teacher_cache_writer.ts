/** Fills a cache in a separate process, for tests. Its arguments: FOLDER IMAGES SHIFT. */
import { batchOf, withCache } from "./small_teacher_cache.ts";

const [folder, images, shift] = [Deno.args[0], Number(Deno.args[1]), Number(Deno.args[2])];
const messages: string[] = [];
await withCache(folder, { messages }, (cache) => {
  for (let round = 0; round < 20; round++) {
    for (let k = 0; k < images; k += 2) {
      const from = (k + shift) % images;
      const { numbers, logits } = batchOf(from, from + 1);
      cache.store(numbers, logits);
    }
  }
});
if (messages.length > 0) throw new Error(messages.join("\n"));
