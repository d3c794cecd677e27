import { assertEquals } from "@std/assert";
import { methodStyle } from "../../lib/report/colours.ts";
import { probabilityAlong } from "../../lib/report/probability_along.ts";

Deno.test("probabilityAlong() draws each network's mean over the lines, in its method's style", () => {
  const probabilities = {
    teacher: [[1, 0.9], [0.5, 0.5], [0, 0.1]],
    bss: [[0.8, 0.6], [0.6, 0.5], [0.3, 0.2]],
  };
  const { data, layout } = probabilityAlong({ places: [0, 1, 2], probabilities }, "Across");
  assertEquals(data.map(({ name, x, y }) => ({ name, x, y })), [
    { name: "teacher", x: [0, 1, 2], y: [95, 50, 5] },
    { name: "bss", x: [0, 1, 2], y: [70, 55, 25] },
  ]);
  assertEquals(data[1].line?.color, methodStyle("bss").colour);
  assertEquals(layout.yaxis.title.text, "Probability of the class (%)");
});
