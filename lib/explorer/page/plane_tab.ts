import { pointImages } from "../../data/point_set.ts";
import { sampleTargetClasses } from "../../selection/target_classes.ts";
import { topClasses } from "../../tensors/rows.ts";
import { readOptions, setOptions } from "./attack_form.ts";
import { find } from "./dom.ts";
import { type EmbeddedPlane, embeddedPlane } from "./embedded.ts";
import { drawPlane, drawWalk, LIMIT, placeHandle, regionsOf } from "./plane_picture.ts";
import { stepsView } from "./steps_view.ts";

/** The way that an arrow key moves the point. */
const KEYS: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

/** The planes of the toys shown so far, so that each is unpacked once. */
const planes = new Map<string, Promise<EmbeddedPlane>>();

function planeOf(toy: string): Promise<EmbeddedPlane> {
  const plane = planes.get(toy) ?? embeddedPlane(toy);
  planes.set(toy, plane);
  // The next choice of this toy tries again.
  plane.catch(() => planes.delete(toy));
  return plane;
}

/** Starts the tab that attacks a point of the plane. */
export async function planeTab(tab: HTMLElement): Promise<void> {
  const form = find<HTMLFormElement>(tab, "form");
  const toy = find<HTMLSelectElement>(form, "[name=toy]");
  const picture = find<SVGSVGElement>(tab, ".plane");
  // The published step would leap over the whole plane, and with η = 1 most walks are a single step.
  setOptions(form, { eta: 0.8, step: "newton", maxSteps: 10 });
  let plane = await planeOf(toy.value);
  let point: readonly [x: number, y: number] = [-0.4, 1.3];
  const walk = stepsView(tab, ({ steps }, step) => {
    drawWalk(picture, steps.map(({ sample }) => sample), step);
  });
  const showPlane = async () => {
    const shown = plane;
    const regions = await regionsOf(shown);
    if (shown === plane) drawPlane(picture, find(tab, ".legend"), shown.points, regions);
  };

  const run = async () => {
    const options = readOptions(form);
    if (options === null) return;
    placeHandle(picture, point);
    const { networks, points } = plane;
    const classes = Array.from({ length: points.classes }, (_, label) => `class ${label}`);
    await walk(async () => {
      const image = pointImages({ points: Float32Array.from(point) });
      const logits = networks[0].logits(image);
      const [base] = topClasses(await logits.data(), networks[0].classes);
      const [target] = await sampleTargetClasses(logits, [base], [0], { rule: "second" });
      logits.dispose();
      return { networks, image, base, target, options, classes };
    });
  };
  const moveTo = (x: number, y: number) => {
    const within = (value: number) => Math.max(-LIMIT, Math.min(LIMIT, value));
    point = [within(x), within(y)];
    return run();
  };
  const moveToPointer = (event: PointerEvent) => {
    const place = new DOMPoint(event.clientX, event.clientY)
      .matrixTransform(picture.getScreenCTM()!.inverse());
    return moveTo(place.x, -place.y);
  };
  picture.addEventListener("pointerdown", (event) => {
    // Elsewhere a finger moves the page.
    const isOnGrip = event.target instanceof Element && event.target.matches(".grip");
    if (event.pointerType === "touch" && !isOnGrip) return;
    picture.setPointerCapture(event.pointerId);
    return moveToPointer(event);
  });
  picture.addEventListener("pointermove", (event) => {
    if (picture.hasPointerCapture(event.pointerId)) return moveToPointer(event);
  });
  picture.addEventListener("keydown", (event) => {
    const way = KEYS[event.key];
    if (way === undefined) return;
    event.preventDefault();
    const length = event.shiftKey ? 0.5 : 0.1;
    return moveTo(point[0] + length * way[0], point[1] + length * way[1]);
  });
  form.addEventListener("input", async ({ target }) => {
    if (target === toy) {
      const chosen = toy.value;
      const next = await planeOf(chosen);
      if (toy.value !== chosen) return; // the reader has chosen another since
      plane = next;
      await showPlane();
    }
    return run();
  });
  await showPlane();
  await run();
}
