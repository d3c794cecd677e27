import { assertEquals, assertRejects } from "@std/assert";
import { loadDataset } from "../../lib/data/load_dataset.ts";
import { UserError } from "../../lib/user_error.ts";

Deno.test("loadDataset() lists the valid names for an unknown one", async () => {
  await assertRejects(
    () => loadDataset("mnist"),
    UserError,
    'there is no data set "mnist"; choose from fashion-mnist-subset, fashion-mnist, cifar10, ' +
      "cifar100, cifar100-coarse, tiny-imagenet, imagenet32",
  );
});

Deno.test("loadDataset() loads the data set of that name", async () => {
  assertEquals((await loadDataset("fashion-mnist-subset")).name, "fashion-mnist-subset");
});
