import { assert, assertEquals } from "@std/assert";
import { Arena, floatsIn } from "../../../lib/backend/onednn/arena.ts";

Deno.test("Arena allocates aligned blocks of at least the requested size", () => {
  const arena = new Arena();
  for (const bytes of [0, 1, 63, 64, 65, 1000, 4097, 5_000_000, 20_000_000]) {
    const block = arena.allocate(bytes);
    assert(block.bytes >= bytes, `${block.bytes} bytes for ${bytes}`);
    assert(block.bytes <= 1.25 * bytes + 64, `${block.bytes} bytes for ${bytes}`);
    assertEquals(Deno.UnsafePointer.value(block.pointer) % 64n, 0n);
    assert(block.offset + block.bytes <= block.buffer.byteLength);
  }
});

Deno.test("Arena allocates blocks that do not overlap", () => {
  const arena = new Arena();
  const views = Array.from({ length: 300 }, (_, k) => {
    const { buffer, offset, bytes } = arena.allocate(1 + 997 * k);
    return new Uint8Array(buffer, offset, bytes).fill(k % 251);
  });
  views.forEach((view, k) => assert(view.every((value) => value === k % 251), `block ${k}`));
});

Deno.test("Arena reuses released blocks, and so stops growing", () => {
  const arena = new Arena();
  const once = () => {
    const blocks = [100, 10_000, 3_000_000].map((bytes) => arena.allocate(bytes));
    for (const block of blocks) arena.release(block);
  };
  once();
  const { reserved } = arena.usage;
  for (let k = 0; k < 100; k++) once();
  assertEquals(arena.usage, { inUse: 0, reserved });
});

Deno.test("Arena converts bytes to floats in a block that is large enough", () => {
  const arena = new Arena();
  const { bytes } = arena.copyOf(new Uint8Array(1000));
  assert(bytes >= 4000, `${bytes} bytes`);
  assertEquals([...floatsIn(arena.copyOf(Uint8Array.of(3, 0, 1)), 3)], [3, 0, 1]);
});
