type Rgb = readonly [red: number, green: number, blue: number];

/** The blue and the vermilion of Okabe and Ito, which no common colour blindness confuses. */
const LOWEST: Rgb = [0, 114, 178];
const HIGHEST: Rgb = [213, 94, 0];

/**
 * Signed values, such as what an attack changed in an image, as colours: blue below zero, white at
 * zero, vermilion above.
 *
 * @param values any number of them, one a pixel; for the change of a colour image, one of its
 *   channels or their mean
 * @param limit above zero; values from −limit to limit have colours of their own, those beyond look
 *   like it
 * @returns red, green and blue of each value, 0 to 255
 */
export function signedToRgb(values: ArrayLike<number>, limit: number): Uint8ClampedArray {
  const colours = new Uint8ClampedArray(3 * values.length);
  for (let at = 0; at < values.length; at++) {
    const strength = Math.min(1, Math.abs(values[at]) / limit);
    const end = values[at] < 0 ? LOWEST : HIGHEST;
    end.forEach((part, channel) => colours[3 * at + channel] = 255 + strength * (part - 255));
  }
  return colours;
}
