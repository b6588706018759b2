/** Features without what a microphone and a room add to all of them. */
import { VrnnError } from "../../errors.ts";
import { type MakeStage, stageOf } from "./stages.ts";

/** How a running mean is kept. */
export interface RunningMeanOptions {
  /** Rows after which a row counts 1/e of what it did; all rows count alike unless told. */
  readonly memory?: number;
  /** What is known before the first row: a mean, and as how many rows it counts. */
  readonly before?: { readonly mean: ArrayLike<number>; readonly rows: number };
}

/**
 * Takes away from each row the mean of all rows up to it: m_t = S_t / N_t with S_t = f S_{t-1} + c_t and N_t = f N_{t-1} + 1,
 * where f = exp(-1 / memory). No row depends on what comes after it. Without what is known `before`, the first row
 * becomes 0.
 *
 * @throws VrnnError `data/front-end` for a memory of no rows, or a mean of another width
 * @example
 * throughStage(normalised({ memory: 300 }), cepstra);
 */
export const normalised =
  ({ memory = Number.POSITIVE_INFINITY, before }: RunningMeanOptions = {}): MakeStage =>
  (width) => {
    if (!(memory > 0)) throw refused(`a memory of ${memory} rows cannot be used`, "give a number above 0");
    if (before !== undefined && (before.mean.length !== width || !(before.rows >= 0)))
      throw refused(`a mean of ${before.mean.length} numbers is not one of ${width}`, "give a mean for each");
    const kept = Math.exp(-1 / memory);
    let count = before?.rows ?? 0;
    const sum = Float64Array.from({ length: width }, (_, i) => count * (before?.mean[i] ?? 0));
    const out = new Float64Array(width);
    return stageOf(width, {
      width,
      onRow: (row, emit) => {
        count = kept * count + 1;
        for (let i = 0; i < width; i++) {
          sum[i] = kept * sum[i]! + row[i]!;
          out[i] = row[i]! - sum[i]! / count;
        }
        emit(out);
      },
    });
  };

const refused = (what: string, remedy: string): VrnnError =>
  new VrnnError("data/front-end", what, { remedy });
