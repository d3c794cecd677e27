import { assertEquals } from "@std/assert";
import { makePlane } from "../../lib/explorer/embedded/make_plane.ts";
import { decodeSafetensors } from "../../lib/nn/safetensors.ts";
import { assertClose } from "../numbers.ts";
import { withoutLeaks } from "../without_leaks.ts";

Deno.test("makePlane() trains the embedded networks of the moons again", async () => {
  const file = new URL("../../lib/explorer/embedded/moons.safetensors", import.meta.url);
  const { tensors: stored } = decodeSafetensors(await Deno.readFile(file), "moons");
  await withoutLeaks("wasm", async () => {
    const made = await makePlane("moons");
    assertEquals([...made.keys()], [...stored.keys()]);
    for (const [name, { data }] of made) {
      assertClose(data, stored.get(name)!.data, 1e-3, name);
    }
  });
});
