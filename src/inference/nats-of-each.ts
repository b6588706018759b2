/** How likely a model finds each of some sequences. */
import type { Fields } from "../data/fields.ts";
import type { SequenceSource } from "../data/source.ts";
import { sequencesIn } from "../data/whole-sequences.ts";
import type { Model } from "../models/model.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { scoreRows } from "./score.ts";

/** What is asked, and of what. */
export interface NatsOptions {
  readonly runtime: Runtime;
  readonly model: Model;
  /** `[P]` */
  readonly weights: Float32Array;
  /** Those that the model was trained on. */
  readonly fields: Fields;
  readonly source: SequenceSource;
  readonly seed: number;
}

/** Sequences are held in memory so many at a time. */
const AT_ONCE = 1024;

/**
 * The bound of each sequence in nats per step, in the order of the source; 0 of one without any.
 *
 * @example
 * await natsOfEach({ runtime, model, weights, fields, source, seed: 1 }); // [-3.1, -4.7, …]
 */
export async function natsOfEach({ source, ...settings }: NatsOptions): Promise<number[]> {
  const sequences = await sequencesIn(source);
  const nats: number[] = [];
  for (let from = 0; from < sequences.length; from += AT_ONCE) {
    const scores = await scoreRows({ ...settings, sequences: sequences.slice(from, from + AT_ONCE) });
    for (const { total, length } of scores)
      nats.push(total.reduce((all, each) => all + each, 0) / Math.max(1, length));
  }
  return nats;
}
