/**
 * The linear Gaussian state space model in float64, on the host: z_{t+1} = A z_t + B u_t + w, w ~ N(0, Q); x_t = C z_t + D u_t + d + v,
 * v ~ N(0, diag r); z_1 ~ N(m, P). All matrices are flat, row by row.
 */

/** The widths of a model. */
export interface StateSizes {
  /** K: hidden states. */
  readonly states: number;
  /** D: columns. */
  readonly width: number;
  /** U: inputs, what is known of each step. */
  readonly inputs: number;
}

/** The parameters of a model, and its widths. */
export interface LinearGaussian extends StateSizes {
  /** A `[K, K]` */
  readonly transition: Float64Array;
  /** B `[K, U]` */
  readonly input: Float64Array;
  /** Q `[K, K]` */
  readonly process: Float64Array;
  /** C `[D, K]` */
  readonly observation: Float64Array;
  /** D `[D, U]` */
  readonly direct: Float64Array;
  /** d `[D]` */
  readonly offset: Float64Array;
  /** r `[D]`: variances, above 0. */
  readonly noise: Float64Array;
  /** m `[K]` */
  readonly initialMean: Float64Array;
  /** P `[K, K]` */
  readonly initialCovariance: Float64Array;
}

/** A sequence as a model takes it. */
export interface StateSequence {
  /** `[T, D]`; NaN is missing. */
  readonly table: Float64Array;
  /** `[T, U]` */
  readonly inputs: Float64Array;
}

/** What is known of each state. */
export interface Moments {
  /** `[T, K]` */
  readonly means: Float64Array;
  /** `[T, K, K]` */
  readonly covariances: Float64Array;
}

/** What a filter tells of a sequence. */
export interface Filtered {
  /** p(z_t | x_<t) */
  readonly predicted: Moments;
  /** p(z_t | x_≤t) */
  readonly filtered: Moments;
  /** `[T, D]`: log p of each entry given those before it, 0 where it is missing. */
  readonly logProb: Float64Array;
}

/** How many steps a sequence has. */
export const stepsOf = ({ table }: StateSequence, { width }: StateSizes): number => table.length / width;
