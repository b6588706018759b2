/** How much better one run tells the same data than another: a model with latent variables than its twin without. */
import type { SequenceSource } from "../data/source.ts";
import { VrnnError } from "../errors.ts";
import { natsOfSteps } from "../inference/nats-of-each.ts";
import { type PairedBlock, pairedInterval } from "../metrics/block-bootstrap.ts";
import { type Verdict, verdictOf } from "../metrics/verdict.ts";
import type { TrainedModel } from "../run/run.ts";
import { nats } from "../words/figures.ts";
import { type Context, filesOf } from "./context.ts";

/** Two runs on the same steps. */
export interface Against {
  /** The folder of the other run. */
  readonly run: string;
  /** The bound of the other run. */
  readonly natsPerStep: number;
  /** The bound of this run less that, in nats per step: more is better. */
  readonly difference: number;
  /** 95 %, by stretches of steps drawn anew; null of fewer than five. */
  readonly interval: readonly [number, number] | null;
  readonly verdict: Verdict;
}

/** Steps that are drawn together, as neighbours are alike. */
const STRETCH = 256;

/**
 * Both runs on the same sequences, each by one draw of its latent variables.
 *
 * @param path the folder of the other run
 * @throws VrnnError `run/...`, `run/against` where the other run reads the data otherwise
 */
export async function againstRun(context: Context, source: SequenceSource, path: string): Promise<Against> {
  const own = await context.run();
  const other = await filesOf(context).otherRun(path);
  if (JSON.stringify(own.config.fields) !== JSON.stringify(other.config.fields))
    throw new VrnnError(
      "run/against",
      "the other run reads the data otherwise: nats of one are not those of the other",
      {
        at: path,
        remedy: "train both on the same data, with the same tokens and columns",
      },
    );
  const runtime = await context.runtime();
  const natsBy = ({ model, weights, config }: TrainedModel) =>
    natsOfSteps({ runtime, model, weights, fields: config.fields, source, seed: config.training.seed });
  return { run: path, ...comparedNats(await natsBy(own), await natsBy(other)) };
}

/**
 * The nats of the steps of some sequences, told in two ways.
 *
 * @param own `[T]` of each sequence, as the other
 */
export function comparedNats(
  own: readonly Float64Array[],
  other: readonly Float64Array[],
): Omit<Against, "run"> {
  const blocks = blocksOf(own, other);
  const sumOf = (of: (block: PairedBlock) => number) => blocks.reduce((all, each) => all + of(each), 0);
  const steps = Math.max(
    1,
    sumOf(({ weight }) => weight),
  );
  const difference = sumOf(({ loss, rival }) => rival - loss) / steps;
  const losses = pairedInterval(blocks);
  const interval = losses === undefined ? null : ([-losses[1], -losses[0]] as const);
  const natsPerStep = -sumOf(({ rival }) => rival) / steps;
  return { natsPerStep, difference, interval, verdict: verdictOf(interval) };
}

function blocksOf(own: readonly Float64Array[], other: readonly Float64Array[]): PairedBlock[] {
  const lossOf = (steps: Float64Array) => -steps.reduce((all, each) => all + each, 0);
  return own.flatMap((steps, i) =>
    Array.from({ length: Math.ceil(steps.length / STRETCH) }, (_, n) => {
      const [from, to] = [n * STRETCH, (n + 1) * STRETCH];
      const piece = steps.subarray(from, to);
      return { loss: lossOf(piece), rival: lossOf(other[i]!.subarray(from, to)), weight: piece.length };
    }),
  );
}

/** What there is to say of it, a row. */
export function againstRow({ run, difference, interval, verdict }: Against): [string, string] {
  const spread = interval ? `, 95 % between ${nats(interval[0])} and ${nats(interval[1])}` : "";
  return [`against ${run}`, `${verdict}: ${difference > 0 ? "+" : ""}${nats(difference)} nats${spread}`];
}
