/** A missing entry and what may have stood there. */
export interface Gap {
  readonly step: number;
  /** The place of its column. */
  readonly column: number;
  /** `[S]`: equally likely values in the units of the data, before they go onto a grid; the same place in two gaps that lie near belongs together. */
  readonly draws: Float64Array;
}
