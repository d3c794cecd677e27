/** The name of a parameter or running statistic, and its shape in PyTorch's layout. */
export interface ParameterShape {
  readonly name: string;
  readonly shape: readonly number[];
  readonly trainable: boolean;
  /** The factor by which a filter's output is smaller than the image, in height and width; for filters only */
  readonly reduction?: number;
}

/** Gives the shape of a filter; `reduction` as in `ParameterShape`. */
export function filterShape(
  name: string,
  inChannels: number,
  outChannels: number,
  { side = 3, reduction = 1 } = {},
): ParameterShape {
  const shape = [outChannels, inChannels, side, side];
  return { name: `${name}.weight`, shape, trainable: true, reduction };
}

/** Gives the shapes of a batch-norm. */
export function batchNormShapes(name: string, channels: number): ParameterShape[] {
  const shape = [channels];
  return [
    { name: `${name}.weight`, shape, trainable: true },
    { name: `${name}.bias`, shape, trainable: true },
    { name: `${name}.running_mean`, shape, trainable: false },
    { name: `${name}.running_var`, shape, trainable: false },
  ];
}

/** Gives the shapes of the linear layer. */
export function linearShapes(name: string, inputs: number, outputs: number): ParameterShape[] {
  return [
    { name: `${name}.weight`, shape: [outputs, inputs], trainable: true },
    { name: `${name}.bias`, shape: [outputs], trainable: true },
  ];
}
