import * as tf from "@tensorflow/tfjs";
import type { DatasetDescription } from "../../data/dataset.ts";
import { denormalise, signedToRgb } from "../../report/image_grid.ts";
import { selectBaseSamples } from "../../selection/base_samples.ts";
import { sampleTargetClasses } from "../../selection/target_classes.ts";
import { imageTensor } from "../../training/batches.ts";
import { NETWORKS } from "../names.ts";
import { readOptions } from "./attack_form.ts";
import { find, make } from "./dom.ts";
import { type EmbeddedImages, embeddedImages, imageNetworks } from "./embedded.ts";
import type { ShownWalk, WalkRequest } from "./seen_walk.ts";
import { stepsView } from "./steps_view.ts";

/** Starts the tab that attacks an image of Fashion-MNIST. */
export async function imageTab(tab: HTMLElement): Promise<void> {
  const embedded = await embeddedImages();
  const { dataset, set } = embedded;
  const networks = await imageNetworks(dataset);
  const form = find<HTMLFormElement>(tab, "form");
  find(form, ".images").append(...thumbnails(embedded));
  const target = find<HTMLSelectElement>(form, "[name=target]");
  target.append(...dataset.classes.map((name, label) => make("option", { value: label }, name)));
  const selection = find(tab, ".selection");
  let latest: ShownWalk["steps"];
  const walk = stepsView(tab, (shown, step) => {
    latest = shown.steps;
    drawPictures(tab, dataset, shown, step);
    if (shown.steps.length > 1) return;
    const show = (text: string) => {
      if (shown.steps === latest) selection.textContent = text; // else the reader chose another
    };
    describeSelection(shown).then(show, (error) => {
      console.error(error);
      show("");
    });
  });
  const run = async () => {
    const options = readOptions(form);
    if (options === null) return;
    const index = Number(find<HTMLInputElement>(form, "[name=image]:checked").value);
    const base = set.labels[index];
    const choices = [...target.options];
    for (const choice of choices) choice.disabled = choice.value === String(base);
    if (target.selectedOptions[0].disabled) target.selectedIndex = 0;
    await walk(async () => {
      const image = imageTensor(dataset, set, [index]);
      const prepared = { networks, image, base, classes: dataset.classes };
      return { ...prepared, target: await targetOf(prepared, target.value), options };
    });
  };
  form.addEventListener("input", run);
  await run();
}

/** Makes a radio button with its picture for each image. */
function thumbnails({ dataset, set }: EmbeddedImages): Node[] {
  const size = dataset.height * dataset.width * dataset.channels;
  return Array.from({ length: set.count }, (_, index) => {
    const button = make("input", { type: "radio", name: "image", value: index });
    if (index === 0) button.setAttribute("checked", "");
    const name = dataset.classes[set.labels[index]];
    const picture = make("canvas", { role: "img", "aria-label": name, title: name });
    const pixels = set.images.subarray(index * size, (index + 1) * size);
    paint(picture as HTMLCanvasElement, dataset, [...pixels].flatMap((v) => [v, v, v]));
    return make("label", {}, button, picture);
  });
}

type Prepared = Pick<WalkRequest, "networks" | "image" | "base">;

/** Reads a target class from the form, or lets one of the library's rules choose it. */
async function targetOf(
  { networks: [teacher], image, base }: Prepared,
  choice: string,
): Promise<number> {
  if (choice !== "second" && choice !== "probability") return Number(choice);
  const logits = teacher.logits(image);
  const uniform = [Math.random()];
  const [target] = await sampleTargetClasses(logits, [base], uniform, { rule: choice });
  logits.dispose();
  return target;
}

/** Says which students the image would be a base sample for. */
async function describeSelection({ steps: [{ logits }], base }: ShownWalk): Promise<string> {
  const [teacher, ...students] = logits.map((of) => tf.tensor2d(of, [1, of.length]));
  const said = await Promise.all(students.map(async (student, k) => {
    const name = NETWORKS[k + 1];
    const { scores } = await selectBaseSamples(teacher, student, [base], { rule: "all" });
    return scores.length === 0
      ? `not for ${name}, because it or the teacher is wrong`
      : `yes for ${name} (squared difference of probabilities: ${scores[0].toFixed(3)})`;
  }));
  tf.dispose([teacher, ...students]);
  return `A base sample? ${said.join("; ")}.`;
}

/** Draws the image, its change so far and the sample. */
function drawPictures(
  tab: ParentNode,
  dataset: DatasetDescription,
  { steps }: ShownWalk,
  step: number,
): void {
  const [before, after] = [steps[0].sample, steps[step].sample];
  const grey = (values: Float32Array) =>
    [...denormalise(values, dataset)].flatMap((level) => [level, level, level]);
  const change = after.map((value, k) => 255 * dataset.std[0] * (value - before[k]));
  const limit = change.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const canvas = (name: string) => find<HTMLCanvasElement>(tab, `.${name} canvas`);
  paint(canvas("before"), dataset, grey(before));
  paint(canvas("change"), dataset, signedToRgb(change, limit || 1));
  paint(canvas("after"), dataset, grey(after));
  find(tab, ".limit").textContent = `±${limit.toFixed(1)} of 255`;
}

/** Paints pixels, red, green and blue of each. */
function paint(
  canvas: HTMLCanvasElement,
  { width, height }: Pick<DatasetDescription, "width" | "height">,
  rgb: ArrayLike<number>,
): void {
  Object.assign(canvas, { width, height });
  const picture = new ImageData(width, height);
  picture.data.fill(255);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let k = 0; k < 3; k++) picture.data[4 * pixel + k] = rgb[3 * pixel + k];
  }
  canvas.getContext("2d")!.putImageData(picture, 0, 0);
}
