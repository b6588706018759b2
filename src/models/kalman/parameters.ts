import { inverseSoftplus } from "../../distributions/gaussian.ts";
import { type Initialiser, type Parameter, values, zeros } from "../../nn/parameters.ts";
import type { Structure } from "./structures.ts";

/** What is trained, and where it begins: states that fade slowly, each seen by some columns. */
export function parametersOf(
  n: number,
  width: number,
  inputs: number,
  structure: Structure | undefined,
): Parameter[] {
  const filled = (size: number, value: number): Initialiser => values(Array<number>(size).fill(value));
  const scaled = (by: number): Initialiser =>
    values(Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? by : 0)));
  const noise = { name: "noise", shape: [width], initialise: filled(width, inverseSoftplus(0.5)) };
  if (structure !== undefined) {
    const { length } = structure.noisy;
    return [{ name: "process", shape: [length], initialise: filled(length, inverseSoftplus(0.1)) }, noise];
  }
  const known = (name: string, to: number) =>
    inputs > 0 ? [{ name, shape: [inputs, to], initialise: zeros }] : [];
  return [
    { name: "transition", shape: [n, n], initialise: fading(n) },
    ...known("input", n),
    { name: "process", shape: [n, n], initialise: scaled(0.5) },
    { name: "observation", shape: [n, width], initialise: seenInTurn(n, width) },
    ...known("direct", width),
    { name: "offset", shape: [width], initialise: zeros },
    noise,
    { name: "initial.mean", shape: [n], initialise: zeros },
    { name: "initial.factor", shape: [n, n], initialise: scaled(1) },
  ];
}

/** States that fade at different rates, nearly apart. */
const fading =
  (n: number): Initialiser =>
  (weights, random) => {
    for (let i = 0; i < n * n; i++)
      weights[i] = (i % (n + 1) === 0 ? 0.95 - (0.5 * (i % n)) / n : 0) + 0.05 * random.normal();
  };

/** Each column sees one state above all, in turn. */
const seenInTurn =
  (n: number, width: number): Initialiser =>
  (weights, random) => {
    for (let k = 0; k < n; k++)
      for (let d = 0; d < width; d++)
        weights[k * width + d] = (d % n === k % width || k % width === d ? 0.7 : 0) + 0.1 * random.normal();
  };
