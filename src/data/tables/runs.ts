/** Where the steps of sequences stand in a file. */
import { firstPlace } from "../../collections.ts";

/** Consecutive steps of one sequence that stand together in the file. */
export interface Run {
  readonly sequence: number;
  /** Where they stand: the first byte, how many bytes, the number of the first line. */
  readonly offset: number;
  readonly bytes: number;
  readonly line: number;
  /** The first step, and how many. */
  readonly row: number;
  readonly rows: number;
}

const RUN_PARTS = ["sequence", "offset", "bytes", "line", "row", "rows"] as const;

/** The runs of a file, 48 bytes each. */
export class Runs {
  private numbers = new Float64Array(1024 * RUN_PARTS.length);
  private count = 0;
  /** Sorted: the runs in the order of sequences and steps, and where those of each sequence begin. */
  private order = new Uint32Array();
  private starts = new Uint32Array();

  add(run: Run): void {
    const start = this.count * RUN_PARTS.length;
    if (start === this.numbers.length) {
      const numbers = new Float64Array(2 * this.numbers.length);
      numbers.set(this.numbers);
      this.numbers = numbers;
    }
    RUN_PARTS.forEach((part, i) => {
      this.numbers[start + i] = run[part];
    });
    this.count += 1;
  }

  /** Made ready to be asked: a counting sort by sequence, in which those of a sequence keep their order. */
  sorted(sequences: number): this {
    this.numbers = this.numbers.slice(0, this.count * RUN_PARTS.length);
    this.starts = new Uint32Array(sequences + 1);
    for (let run = 0; run < this.count; run++) this.starts[this.at(run).sequence + 1]! += 1;
    for (let i = 0; i < sequences; i++) this.starts[i + 1]! += this.starts[i]!;
    const next = this.starts.slice();
    this.order = new Uint32Array(this.count);
    for (let run = 0; run < this.count; run++) this.order[next[this.at(run).sequence]!++] = run;
    return this;
  }

  /** How many steps a sequence has. */
  length(sequence: number): number {
    const { row, rows } = this.at(this.order[this.starts[sequence + 1]! - 1]!);
    return row + rows;
  }

  /** The runs that hold steps `from` (included) to `to` (not included) of a sequence, in their order. */
  of(sequence: number, from: number, to: number): Run[] {
    const end = this.starts[sequence + 1]!;
    const first = firstPlace(this.starts[sequence]!, end, (place) => {
      const { row, rows } = this.at(this.order[place]!);
      return row + rows > from;
    });
    const found: Run[] = [];
    for (let place = first; place < end; place++) {
      const run = this.at(this.order[place]!);
      if (run.row >= to) break;
      found.push(run);
    }
    return found;
  }

  private at(run: number): Run {
    const start = run * RUN_PARTS.length;
    const [sequence, offset, bytes, line, row, rows] = this.numbers.subarray(start, start + RUN_PARTS.length);
    return { sequence: sequence!, offset: offset!, bytes: bytes!, line: line!, row: row!, rows: rows! };
  }
}
