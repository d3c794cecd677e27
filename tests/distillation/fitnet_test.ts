import { assert, assertEquals } from "@std/assert";
import { hintLoss, regress } from "../../lib/distillation/fitnet.ts";
import { assertClose } from "../numbers.ts";
import { onFastBackends } from "../on_every_backend.ts";
import { computedFrom, lossesOf, oneStep, stateFor, testTeacher } from "./one_step.ts";

const HINT = { name: "hint", epochs: 2 };
const TRAIN = { name: "train", epochs: 4 };

onFastBackends("fitnet's first stage has only the hint of the middle stage", async () => {
  const losses = await lossesOf("fitnet", HINT);
  assertEquals(Object.keys(losses), ["hint"]);
  const teacher = testTeacher();
  const state = stateFor("fitnet", teacher);
  const expected = await computedFrom((outputs) =>
    hintLoss(outputs.teacher.features[1], regress(outputs.student.features[1], state.own))
  );
  assertClose([losses.hint], [expected], 1e-5);
  state.dispose();
  teacher.dispose();
});

onFastBackends(
  "fitnet's first stage trains nothing after the middle, and its second trains no regressor",
  async () => {
    const teacher = testTeacher();
    const state = stateFor("fitnet", teacher);
    const moved = async (
      stage: typeof HINT,
    ) => [...(await oneStep("fitnet", { state, teacher, stage })).gradients.keys()];
    const names = [...state.trained.keys()];
    const behind = (name: string) => /^(layer3|linear)/.test(name);
    assertEquals((await moved(HINT)).sort(), names.filter((name) => !behind(name)).sort());
    const own = (name: string) => name.startsWith("method/");
    assertEquals((await moved(TRAIN)).sort(), names.filter((name) => !own(name)).sort());
    assert(names.some(own));
    state.dispose();
    teacher.dispose();
  },
);

onFastBackends(
  "fitnet's second stage has the terms of hinton from its first epoch on",
  async () => {
    assertEquals(await lossesOf("fitnet", TRAIN), await lossesOf("hinton", TRAIN));
  },
);
