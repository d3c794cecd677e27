import { assertEquals } from "@std/assert";
import { reliabilityDiagram } from "../../lib/report/reliability_diagram.ts";

Deno.test("reliabilityDiagram() draws the bins that have enough predictions, and the diagonal", () => {
  const bins = [
    { confidence: NaN, accuracy: NaN, n: 0 },
    { confidence: 0.4, accuracy: 0.5, n: 19 },
    { confidence: 0.9, accuracy: 0.75, n: 20 },
  ];
  const [ideal, bss] = reliabilityDiagram([{ method: "bss", bins }]).data;
  assertEquals([ideal.x, ideal.y], [[0, 100], [0, 100]]);
  assertEquals([bss.name, bss.x, bss.y], ["bss", [90], [75]]);
});

Deno.test("reliabilityDiagram() is empty without enough predictions, so that a sentence says so", () => {
  assertEquals(reliabilityDiagram([]).data, []);
  const bins = [{ confidence: 0.4, accuracy: 0.5, n: 1 }];
  assertEquals(reliabilityDiagram([{ method: "bss", bins }]).data, []);
});
