/** The class of each image, a byte each where that is enough. */
export type Labels = Uint8Array | Uint16Array;

/** Room for the labels of a set of images in so many classes. */
export function makeLabels(count: number, classes: number): Labels {
  return classes <= 256 ? new Uint8Array(count) : new Uint16Array(count);
}
