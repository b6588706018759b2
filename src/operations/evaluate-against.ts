/** How much better a run tells data than something else does: rules, another run, its twin without latent variables. */
import type { SequenceSource } from "../data/source.ts";
import { VrnnError } from "../errors.ts";
import { natsOfSteps } from "../inference/nats-of-each.ts";
import { type PairedBlock, pairedInterval } from "../metrics/block-bootstrap.ts";
import { type Verdict, verdictOf } from "../metrics/verdict.ts";
import type { TrainedModel } from "../run/run.ts";
import { nats } from "../words/figures.ts";
import { type Context, filesOf } from "./context.ts";
import type { RuleNats } from "./materials/material.ts";

/** A run beside something else, on the same steps. */
export interface Beside {
  /** What that reaches: its bound. */
  readonly natsPerStep: number;
  /** The bound of the run less that, in nats per step: more is better. */
  readonly difference: number;
  /** 95 %, by stretches of steps drawn anew; null of fewer than five. */
  readonly interval: readonly [number, number] | null;
  readonly verdict: Verdict;
}

/** A run beside another one. */
export interface BesideRun extends Beside {
  /** The folder of the other run. */
  readonly run: string;
}

/** A run beside a rule. */
export interface BesideRule extends Beside {
  readonly name: string;
}

/** What a run is held against. */
export interface Comparison {
  readonly rules: readonly RuleNats[];
  /** The folder of another run, and that of the twin. */
  readonly against?: string;
  readonly twin?: string;
}

/** How it does beside each. */
export interface Compared {
  readonly rules: readonly BesideRule[];
  readonly against?: BesideRun;
  readonly twin?: BesideRun;
}

/** Steps that are drawn together, as neighbours are alike. */
const STRETCH = 256;

/**
 * A run beside others on the same sequences, each run by one draw of its latent variables.
 *
 * @throws VrnnError `run/...`, `run/against` where another run reads the data otherwise
 */
export async function compared(
  context: Context,
  source: SequenceSource,
  { rules, ...runs }: Comparison,
): Promise<Compared> {
  const trained = await context.run();
  const runtime = await context.runtime();
  const natsBy = ({ model, weights, config }: TrainedModel) =>
    natsOfSteps({ runtime, model, weights, fields: config.fields, source, seed: config.training.seed });
  const own = await natsBy(trained);
  const others: Record<string, BesideRun> = {};
  for (const [name, run] of Object.entries(runs))
    others[name] = { run, ...comparedNats(own, await natsBy(await sameDataRun(context, run))) };
  return {
    rules: rules.map(({ name, nats: told }) => ({ name, ...comparedNats(own, told) })),
    ...others,
  };
}

/** @throws VrnnError `run/against` */
async function sameDataRun(context: Context, path: string): Promise<TrainedModel> {
  const { config } = await context.run();
  const other = await filesOf(context).otherRun(path);
  if (JSON.stringify(config.fields) === JSON.stringify(other.config.fields)) return other;
  throw new VrnnError(
    "run/against",
    "the other run reads the data otherwise: nats of one are not those of the other",
    { at: path, remedy: "train both on the same data, with the same tokens and columns" },
  );
}

/**
 * The nats of the steps of some sequences, told in two ways.
 *
 * @param own `[T]` of each sequence, as the other
 */
export function comparedNats(own: readonly Float64Array[], other: readonly Float64Array[]): Beside {
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

/** Whether the run is better, and by how much. @example besideWords(told); // "ahead: +0.312 nats, 95 % between 0.298 and 0.326" */
export function besideWords({ difference, interval, verdict }: Beside): string {
  const spread = interval
    ? `, 95 % between ${nats(interval[0])} and ${nats(interval[1])}`
    : ", too little to tell";
  return `${verdict}: ${difference > 0 ? "+" : ""}${nats(difference)} nats${spread}`;
}
