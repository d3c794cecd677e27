import { checkGradients, weightedSum } from "../finite_differences.ts";
import { assertClose } from "../numbers.ts";
import { computedOn, onBackendsButCpu, onEveryBackend } from "../on_every_backend.ts";
import { valuesOf } from "../values_of.ts";
import { inputsOf, operations } from "./operations.ts";

for (const operation of operations) {
  const { name, shapes, run, smooth = true } = operation;
  const title = `${name} [${shapes.join("] and [")}]`;
  onBackendsButCpu(`${title} agrees with plain JavaScript`, async () => {
    const compute = () => valuesOf(() => run(...inputsOf(operation)));
    assertClose(await compute(), await computedOn(compute), 1e-5);
  });
  if (!smooth) continue;
  onEveryBackend(`${title} has a gradient that agrees with finite differences`, async () => {
    await checkGradients(
      (...inputs) => weightedSum(run(...inputs)),
      () => inputsOf(operation),
    );
  });
}
