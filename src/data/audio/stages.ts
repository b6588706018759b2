/** Stages that features pass through as they come. */
import { VrnnError } from "../../errors.ts";
import { type Frames, framesOf } from "./frames.ts";

/**
 * A step from rows to rows that needs no more than a few rows at a time. The rows that come out depend on those that
 * went in, in their order, and not on the pieces in which they were pushed, bit for bit.
 */
export interface Stage {
  /** What it makes of rows: their width, and the rows' number for one row in the long run. */
  readonly width: number;
  /** How many rows go in for one that comes out. */
  readonly stride: number;
  /** @param values `[T, width of the input]` @returns `[T', width]`: what can be told by now */
  push(values: Float32Array): Float32Array;
  /** What is left when no row will come any more. */
  end(): Float32Array;
}

/** Makes a stage at its beginning, for rows of a width. */
export type MakeStage = (width: number) => Stage;

/** What a stage does with one row; `emit` takes a row that comes out and copies it. */
export interface RowStep {
  readonly width: number;
  readonly stride?: number;
  readonly onRow: (row: Float32Array, emit: (row: ArrayLike<number>) => void) => void;
  readonly onEnd?: (emit: (row: ArrayLike<number>) => void) => void;
}

/** A stage out of what it does with one row. @throws VrnnError `data/stage` when pushed values are no whole rows */
export function stageOf(inWidth: number, { width, stride = 1, onRow, onEnd }: RowStep): Stage {
  const collect = (
    body: (emit: (row: ArrayLike<number>) => void) => void,
    expected: number,
  ): Float32Array => {
    let [out, used] = [new Float32Array(expected * width), 0];
    body((row) => {
      if (used + width > out.length) out = grown(out, used + width);
      out.set(row, used);
      used += width;
    });
    return used === out.length ? out : out.slice(0, used);
  };
  return {
    width,
    stride,
    push: (values) => {
      checkRows(values, inWidth);
      const rows = values.length / inWidth;
      return collect(
        (emit) => {
          for (let t = 0; t < rows; t++) onRow(values.subarray(t * inWidth, (t + 1) * inWidth), emit);
        },
        Math.ceil(rows / stride),
      );
    },
    end: () => collect((emit) => onEnd?.(emit), 0),
  };
}

function grown(values: Float32Array, least: number): Float32Array<ArrayBuffer> {
  const larger = new Float32Array(Math.max(least, 2 * values.length));
  larger.set(values);
  return larger;
}

function checkRows(values: Float32Array, width: number): void {
  if (values.length % width === 0) return;
  throw new VrnnError("data/stage", `${values.length} numbers are no rows of ${width}`, {
    remedy: "push whole rows",
  });
}

/**
 * One stage after the other.
 *
 * @example
 * const stage = chained([normalised({ memory: 300 }), deltas({ order: 2 }), stacked(3)])(13);
 * stage.width; // 117
 */
export const chained =
  (makers: readonly MakeStage[]): MakeStage =>
  (inWidth) => {
    const stages: Stage[] = [];
    for (const make of makers) stages.push(make(stages.at(-1)?.width ?? inWidth));
    return {
      width: stages.at(-1)?.width ?? inWidth,
      stride: stages.reduce((product, { stride }) => product * stride, 1),
      push: (values) => {
        checkRows(values, inWidth);
        return stages.reduce<Float32Array>((rows, stage) => stage.push(rows), values);
      },
      end: () =>
        stages.reduce<Float32Array>(
          (rows, stage) => joined(stage.push(rows), stage.end()),
          new Float32Array(),
        ),
    };
  };

/**
 * What a stage makes of all rows at once.
 *
 * @param frames `[T, width]`, as of a file of cepstra
 * @example
 * throughStage(deltas({ order: 2 }), parseMfc(bytes, "a.mfc").frames).width; // 39
 */
export function throughStage(make: MakeStage, { width, values }: Frames): Frames {
  const stage = make(width);
  return framesOf(joined(stage.push(values), stage.end()), stage.width);
}

/** Rows and more rows. */
export function joined(rows: Float32Array, more: Float32Array): Float32Array {
  if (more.length === 0) return rows;
  const all = new Float32Array(rows.length + more.length);
  all.set(rows);
  all.set(more, rows.length);
  return all;
}
