import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { runTask, snapshot } from "./run_task.ts";
import { writeSmallFashionMnist } from "../data/small_fashion_mnist.ts";
import { Call, makePytorchFile } from "../nn/make_pytorch_file.ts";
import { withTemporaryFolder } from "../with_temporary_folder.ts";
import { encodeSafetensors } from "../../lib/nn/safetensors.ts";

const TEACHER = "lib/commands/teacher.ts";
const FOREIGN = "tests/golden/fashion/teacher_resnet14.safetensors";

Deno.test("teacher list shows the teacher that comes with the project", async () => {
  await withTemporaryFolder(async (folder) => {
    const { code, stdout } = await runTask(TEACHER, "list", "--results", folder);
    assertEquals(code, 0);
    assertMatch(stdout, /fashion-mnist-subset-resnet14 +\d\d\.\d\d %/);
  });
});

Deno.test("teacher refuses options that an action would ignore, and a file that is missing", async () => {
  const listed = await runTask(TEACHER, "list", "--dataset", "cifar10");
  assertEquals(listed.code, 2);
  assertStringIncludes(listed.stderr, "teacher list takes no --dataset");
  const imported = await runTask(TEACHER, "import", "/nowhere.pth", "--dataset", "cifar10");
  assertEquals(imported.code, 2);
  assertStringIncludes(imported.stderr, "cannot read the weights /nowhere.pth");
});

Deno.test("teacher train makes a teacher that teacher import accepts", async () => {
  await withTemporaryFolder(async (folder) => {
    const labels = Array.from({ length: 20 }, (_, k) => k % 10);
    await writeSmallFashionMnist(join(folder, "fashion-mnist"), labels, labels.map((k) => 20 * k));
    const data = ["--dataset", "fashion-mnist", "--data", folder, "--unverified-data"];
    const trained = await runTask(
      TEACHER,
      ...["train", "--network", "resnet8", "--epochs", "1", "--batch-size", "10"],
      ...["--results", folder, ...data],
    );
    assertEquals(trained.code, 0, trained.stderr);
    assertStringIncludes(trained.stdout, "epoch 1/1");
    const file = join(folder, "teachers", "fashion-mnist-resnet8.safetensors");
    const imported = await runTask(TEACHER, "import", file, "--results", folder, ...data);
    assertEquals(imported.code, 0, imported.stderr);
    assertStringIncludes(imported.stdout, "% on the test images");
  });
});

Deno.test("teacher import names the fault of weights, with exit code 2", async () => {
  await withTemporaryFolder(async (folder) => {
    const bad = join(folder, "bad.safetensors");
    const shape = [16, 3, 5, 5];
    const data = new Float32Array(16 * 75);
    await Deno.writeFile(
      bad,
      encodeSafetensors({
        tensors: new Map([["conv1.weight", { dtype: "F32", shape, data }]]),
        metadata: {},
      }),
    );
    const text = join(folder, "text.safetensors");
    await Deno.writeTextFile(text, "these are no weights at all, but a text");
    const script = join(folder, "script.pth");
    await Deno.writeFile(script, makePytorchFile(new Call("os.system", ["echo"])));
    const cases: [string, string][] = [
      [FOREIGN, "3 channels"],
      [bad, "does not hold a ResNet"],
      [script, "it needs Python's os.system"],
      [text, "not a whole safetensors file"],
      [join(folder, "missing.safetensors"), "cannot read the weights"],
    ];
    for (const [file, message] of cases) {
      const before = await snapshot(folder);
      const { code, stderr } = await runTask(TEACHER, "import", file, "--results", folder);
      assertEquals(code, 2, stderr);
      assertStringIncludes(stderr, message);
      assertStringIncludes(stderr, file);
      assertEquals(await snapshot(folder), before);
    }
  });
});

Deno.test("teacher lists its actions if asked for an unknown one", async () => {
  for (const args of [[], ["teach"], ["import"], ["list", "all"]]) {
    const { code, stderr } = await runTask(TEACHER, ...args);
    assertEquals(code, 2);
    assertStringIncludes(stderr, "train, import FILE, list");
  }
});
