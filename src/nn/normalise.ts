/** What layers that normalise share. */
import { add, div, mean, sqrt, square, sub, type Tensor } from "../graph/index.ts";
import { type Parameter, values, zeros } from "./parameters.ts";

/** Keeps values that are all alike from dividing by zero; PyTorch's choice. */
const epsilon = 1e-5;

/** (x − μ)/√(σ² + ε), with the mean and the variance along the last axis. */
export function standardised(x: Tensor): Tensor {
  const centred = sub(x, mean(x, [-1], { keepDims: true })); // [..., size]
  const variance = mean(square(centred), [-1], { keepDims: true }); // [..., 1]
  return div(centred, sqrt(add(variance, epsilon)));
}

/** `<name>.gain`, which begins at 1, and `<name>.bias`, `[size]` both. */
export const gainAndBias = (name: string, size: number): readonly Parameter[] => [
  { name: `${name}.gain`, shape: [size], initialise: values(Array<number>(size).fill(1)) },
  { name: `${name}.bias`, shape: [size], initialise: zeros },
];
