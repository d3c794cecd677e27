import { assertEquals, assertNotEquals } from "@std/assert";
import { withFingerprint } from "../../lib/data/dataset.ts";
import { freeze } from "../../lib/nn/freeze.ts";
import { evaluate } from "../../lib/training/evaluation.ts";
import { train } from "../../lib/training/train.ts";
import { onAutomaticBackend } from "../on_every_backend.ts";
import { smallDataset, smallSpecification, testEnvironment } from "./small_run.ts";

onAutomaticBackend(
  "train() gives the accuracies of its student on the test images, not on the training images",
  async (backend) => {
    const { classes, test, ...small } = smallDataset();
    const dataset = withFingerprint({
      ...small,
      classes: [...classes, "none", "nothing", "never"],
      // Each label is another one than that of the bright quarter.
      test: { ...test, labels: test.labels.map((label, i) => i % 3 === 0 ? label : 6 - label) },
    });
    const { rows, student } = await train(smallSpecification("original"), {
      dataset,
      teacher: null,
      environment: testEnvironment(backend),
    });
    const frozen = freeze(student);
    const [tested, trained] = [
      await evaluate(frozen, dataset, dataset.test),
      await evaluate(frozen, dataset, dataset.train),
    ];
    const { test_accuracy, test_top5_accuracy } = rows.at(-1)!;
    assertEquals([test_accuracy, test_top5_accuracy], [tested.top1, tested.top5]);
    assertNotEquals(tested.top1, trained.top1);
    assertNotEquals(tested.top1, tested.top5);
    frozen.dispose();
    student.dispose();
  },
);
