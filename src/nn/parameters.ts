import type { Tensor } from "../graph/index.ts";
import type { Random } from "../random/generator.ts";

/** Fills a new parameter with its first values. */
export type Initialiser = (values: Float32Array, random: Random) => void;

/** Widths by name: of the inputs of a layer, of the parts of a state. */
export type Sizes = Readonly<Record<string, number>>;

/** A trainable tensor: its dotted name, its shape and how it begins. */
export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly initialise: Initialiser;
}

/** The symbolic value of a parameter, by name. */
export type Weights = (name: string) => Tensor;

/** Uniform within ± a bound. */
export const uniformWithin =
  (bound: number): Initialiser =>
  (values, random) => {
    for (let i = 0; i < values.length; i++) values[i] = (2 * random.uniform() - 1) * bound;
  };

/** Uniform within ±1/√n for n inputs: the start that PyTorch's layers use. */
export const uniformOver = (inputs: number): Initialiser => uniformWithin(1 / Math.sqrt(inputs));

/** Uniform within ±√(6/n): what a rectified layer passes on has the size of its inputs (He, Zhang, Ren and Sun 2015, eq. 10). */
export const rectifiedOver = (inputs: number): Initialiser => uniformWithin(Math.sqrt(6 / inputs));

export const zeros: Initialiser = (values) => void values.fill(0);

/** Given values. */
export const values =
  (start: readonly number[]): Initialiser =>
  (target) =>
    target.set(start);

export const sizeOf = ({ shape }: Pick<Parameter, "shape">): number =>
  shape.reduce((all, size) => all * size, 1);

/** The number of trainable numbers. */
export const countOf = (parameters: readonly Parameter[]): number =>
  parameters.reduce((all, each) => all + sizeOf(each), 0);
