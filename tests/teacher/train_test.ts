import { assert, assertEquals } from "@std/assert";
import { withSmallTinyImagenet } from "../data/small_tiny_imagenet.ts";
import { onFastBackends } from "../on_every_backend.ts";
import { loadDataset } from "../../lib/data/load_dataset.ts";
import { readResNet } from "../../lib/nn/weights_file.ts";
import { trainTeacher } from "../../lib/teacher/train.ts";

onFastBackends("trainTeacher() trains four stages on images of 64×64", async (backend) => {
  await withSmallTinyImagenet(async (dataFolder) => {
    const dataset = await loadDataset("tiny-imagenet", { dataFolder, acceptUnverified: true });
    const messages: string[] = [];
    const { name, file, hash, metadata } = await trainTeacher({
      dataset,
      network: "resnet10-4stage",
      epochs: 1,
      batchSize: 2,
      seed: 1,
      backend,
      threads: 1,
      resultsFolder: dataFolder,
      report: (message) => messages.push(message),
    });
    assertEquals(name, "tiny-imagenet-resnet10-4stage");
    assert(messages[0].startsWith("epoch 1/1: loss "), messages[0]);
    const { data, threads } = JSON.parse(metadata.provenance);
    assertEquals([data, threads], ["unverified copy", "1"]);
    const loaded = await readResNet(file);
    assertEquals(loaded.hash, hash);
    assertEquals(loaded.network.architecture, { depth: 10, stages: 4, channels: 3, classes: 2 });
    loaded.network.dispose();
  });
});
