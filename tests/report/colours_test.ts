import { assert, assertEquals } from "@std/assert";
import { experiments } from "../../experiments/experiments.ts";
import { methods } from "../../lib/distillation/methods.ts";
import { type MethodStyle, methodStyle } from "../../lib/report/colours.ts";
import { labelOf } from "../../lib/runs/overrides.ts";

/** The methods with a style of their own; a later one may do without. */
const METHODS = methods.map(({ name }) => name).filter((name) =>
  !methodStyle(name).symbol.endsWith("-open")
);
const STYLES = METHODS.map(methodStyle);
const OTHERS = Array.from({ length: 20 }, (_, index) => `method ${index}`);

type Rgb = readonly [number, number, number];
type Matrix = readonly [Rgb, Rgb, Rgb];

/** Linear red, green and blue as seen without one kind of cone (Machado et al. 2009). */
const VIEWS: Readonly<Record<string, Matrix>> = {
  normal: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
};

/** Smallest distance of two colours in hundredths of Oklab; blue and black are 55 apart. */
const APART = 7.5;

/** Largest difference in lightness of two colours that are alike in grey. */
const ALIKE_IN_GREY = 10;

const times = (matrix: Matrix, [x, y, z]: Rgb) =>
  matrix.map(([a, b, c]) => a * x + b * y + c * z) as unknown as Rgb;

function linear({ colour }: MethodStyle): Rgb {
  return [1, 3, 5].map((at) => {
    const share = parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as unknown as Rgb;
}

/** Converts to Björn Ottosson's Oklab (2020), where distances match the visible differences. */
function oklab(rgb: Rgb): Rgb {
  const cones = times([
    [0.4122214708, 0.5363325363, 0.0514459929],
    [0.2119034982, 0.6806995451, 0.1073969566],
    [0.0883024619, 0.2817188376, 0.6299787005],
  ], rgb.map((value) => Math.min(1, Math.max(0, value))) as unknown as Rgb);
  return times([
    [21.04542553, 79.3617785, -0.40720468],
    [197.79984951, -242.8592205, 45.05937099],
    [2.59040371, 78.27717662, -80.8675766],
  ], cones.map(Math.cbrt) as unknown as Rgb);
}

const luminance = (style: MethodStyle) =>
  times([[0.2126, 0.7152, 0.0722], [0, 0, 0], [0, 0, 0]], linear(style))[0];

/** Computes L* of CIE 1976, 0…100. */
function lightness(style: MethodStyle): number {
  const y = luminance(style);
  return y <= 0.008856 ? 903.3 * y : 116 * Math.cbrt(y) - 16;
}

function pairs(styles: readonly MethodStyle[]): [MethodStyle, MethodStyle][] {
  return styles.flatMap((a, index) =>
    styles.slice(index + 1).map((b): [MethodStyle, MethodStyle] => [a, b])
  );
}

Deno.test("methodStyle() gives every method its own colour and symbol", () => {
  assertEquals(new Set(STYLES.map(({ colour }) => colour)).size, METHODS.length);
  assertEquals(new Set(STYLES.map(({ symbol }) => symbol)).size, METHODS.length);
});

Deno.test("methodStyle() has colours that stand out from white by 3:1", () => {
  for (const style of STYLES) {
    const contrast = 1.05 / (luminance(style) + 0.05);
    assert(contrast >= 3, `${style.colour}: ${contrast}`);
  }
});

Deno.test("methodStyle() has colours that red-blind and green-blind readers can tell apart", () => {
  for (const [view, matrix] of Object.entries(VIEWS)) {
    for (const [a, b] of pairs(STYLES)) {
      const [p, q] = [a, b].map((style) => oklab(times(matrix, linear(style))));
      const apart = Math.hypot(...p.map((value, index) => value - q[index]));
      assert(apart >= APART, `${view}: ${a.colour} and ${b.colour} are ${apart} apart`);
    }
  }
});

Deno.test("methodStyle() gives lines that are alike in grey different dashes", () => {
  for (const [a, b] of pairs(STYLES)) {
    if (Math.abs(lightness(a) - lightness(b)) > ALIKE_IN_GREY) continue;
    assert(a.dash !== b.dash, `${a.colour} and ${b.colour} have both "${a.dash}"`);
  }
});

const look = ({ colour, symbol }: MethodStyle) => `${colour} ${symbol}`;

Deno.test("methodStyle() gives a method under another name the same style", () => {
  assertEquals(methodStyle("none (hinton)"), methodStyle("hinton"));
});

Deno.test("methodStyle() gives variants of a method their own styles", () => {
  const names = ["hinton", "bss", "bss (eta=0.1)", "bss (eta=0.3)", "bss, 16 base samples"];
  const styles = names.map(methodStyle);
  assertEquals(new Set(styles.map(({ colour }) => colour)).size, names.length);
});

Deno.test("methodStyle() has styles for any other name, unlike those of the methods", () => {
  const others = OTHERS.map(methodStyle);
  const together = [...STYLES, ...others.slice(0, 10)];
  assertEquals(new Set(together.map(look)).size, METHODS.length + 10);
  assert(others.every((style) => style.symbol.endsWith("-open")));
});

for (const experiment of experiments) {
  Deno.test(`methodStyle() tells all methods of ${experiment.name} apart`, () => {
    for (const grids of Object.values(experiment.scales)) {
      const labels = [...new Set(grids.flatMap(({ methods }) => methods.map(labelOf)))];
      const looks = labels.map((label) => look(methodStyle(label)));
      assertEquals(new Set(looks).size, labels.length, labels.join("; "));
    }
  });
}
