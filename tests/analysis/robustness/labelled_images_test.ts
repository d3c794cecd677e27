import { assertEquals } from "@std/assert";
import { labelledPixels } from "../../../lib/analysis/robustness/labelled_images.ts";
import { onUsableBackends } from "../../on_every_backend.ts";

onUsableBackends(
  "labelledPixels() converts bytes to 0…1 in the shape of the data set",
  async () => {
    const set = {
      images: Uint8Array.from([0, 51, 102, 255, 1, 2, 3, 4]),
      labels: Uint8Array.from([7, 1]),
      count: 2,
    };
    const { images, labels } = labelledPixels({ height: 1, width: 2, channels: 2 }, set);
    assertEquals(images.shape, [2, 1, 2, 2]);
    const expected = Float32Array.from([...set.images], (byte) => byte / 255);
    assertEquals(await images.data(), expected);
    assertEquals([...labels as Uint8Array], [7, 1]);
    images.dispose();
  },
);
