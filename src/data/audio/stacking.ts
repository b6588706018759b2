/** Fewer and wider rows. */
import { checkCount } from "./frames.ts";
import { type MakeStage, stageOf } from "./stages.ts";

/**
 * Puts `count` rows side by side, and goes on by `stride` rows: T rows become ⌈T / stride⌉ of `count` times the width.
 * After the last row, that one is repeated.
 *
 * @param stride as many as are stacked unless told
 * @throws VrnnError `data/front-end` for counts that are not from 1 to 1000
 * @example
 * throughStage(stacked(3), { width: 1, length: 4, values: Float32Array.of(1, 2, 3, 4) }).values; // [1, 2, 3, 4, 4, 4]
 */
export const stacked =
  (count: number, stride = count): MakeStage =>
  (inWidth) => {
    checkCount(count, "a stack", 1000);
    checkCount(stride, "a stride", 1000);
    const rows: Float32Array[] = [];
    let last: Float32Array | undefined;
    let skip = 0;
    const out = new Float32Array(count * inWidth);
    const flush = (emit: (row: ArrayLike<number>) => void) => {
      for (let i = 0; i < count; i++) out.set(rows[i] ?? last!, i * inWidth);
      emit(out);
      skip = Math.max(0, stride - rows.length);
      rows.splice(0, stride);
    };
    return stageOf(inWidth, {
      width: count * inWidth,
      stride,
      onRow: (row, emit) => {
        last = row.slice();
        if (skip > 0) {
          skip -= 1;
          return;
        }
        rows.push(last);
        if (rows.length === count) flush(emit);
      },
      onEnd: (emit) => {
        while (rows.length > 0) flush(emit);
      },
    });
  };
