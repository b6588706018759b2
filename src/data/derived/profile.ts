/** Whether a part of the calendar foretells values: by profiles of some rounds, held against others. */
import type { ReadContext, ReadWhole } from "../tables/build.ts";
import type { WallClock } from "./zone.ts";

/** What goes round: how long a round is, and in which stretch of it a time falls. */
export interface Round {
  /** What one is called. */
  readonly name: string;
  /** In seconds. */
  readonly period: number;
  /** The time at which one begins. */
  readonly start: number;
  readonly stretches: number;
  readonly stretchOf: (time: number) => number;
}

/** The column that the profile of a round tells most of. */
export interface Foretold {
  readonly column: string;
  readonly round: Round;
  /** The share of its squared deviations from the means of rounds that the profile of other rounds takes away. */
  readonly share: number;
}

/** From as many training steps it is told. */
const MOST_STEPS = 200_000;

/** A step of the training data by the round and the stretch that it falls into. */
interface PlacedStep {
  readonly sequence: number;
  readonly step: number;
  /** 0 and 1 in turn: the half of the rounds that its own belongs to. */
  readonly half: 0 | 1;
  readonly round: number;
  readonly stretch: number;
}

/**
 * The column of which the profile of a round tells most: the mean deviation from the mean of a round in each of its stretches. The
 * profile of every other round is held against the rounds between, both ways, and the lesser share counts: where what a round looks
 * like is chance (a random walk), it is not that of the others.
 *
 * @returns undefined where there are no two rounds, or no column is foretold
 */
export function mostForetold(
  { columns, sequences }: ReadWhole,
  { parts }: Pick<ReadContext, "parts">,
  round: Round,
  clock: WallClock,
): Foretold | undefined {
  const train = parts.filter(({ split }) => split === "train");
  const steps = placedSteps(train, round, (sequence, step) => clock(sequences[sequence]!.times![step]!));
  const shares = columns.flatMap(({ name, kind }, d) => {
    if (kind === "categorical") return [];
    const valueAt = ({ sequence, step }: PlacedStep) =>
      sequences[sequence]!.values[step * columns.length + d]!;
    return [
      {
        column: name,
        round,
        share: foretoldShare(steps, Float64Array.from(steps, valueAt), round.stretches),
      },
    ];
  });
  return shares.filter(({ share }) => share > 0).sort((a, b) => b.share - a.share)[0];
}

function placedSteps(
  train: ReadContext["parts"],
  { period, start, stretchOf }: Round,
  timeOf: (sequence: number, step: number) => number,
): PlacedStep[] {
  const steps: PlacedStep[] = [];
  for (const { index, start: from, end } of train)
    for (let step = from; step < end && steps.length < MOST_STEPS; step++) {
      const time = timeOf(index, step);
      const round = Math.floor((time - start) / period);
      steps.push({ sequence: index, step, half: round % 2 === 0 ? 0 : 1, round, stretch: stretchOf(time) });
    }
  return steps;
}

/** @param values of the steps; NaN is missing */
function foretoldShare(steps: readonly PlacedStep[], values: Float64Array, stretches: number): number {
  const deviations = fromRounds(steps, values);
  const profiles = ([0, 1] as const).map((half) => profileOf(steps, deviations, half, stretches));
  const gains = [0, 0];
  const totals = [0, 0];
  for (const [i, { half, stretch }] of steps.entries()) {
    const deviation = deviations[i]!;
    if (Number.isNaN(deviation)) continue;
    const told = profiles[1 - half]![stretch]!;
    gains[half]! += deviation ** 2 - (deviation - told) ** 2;
    totals[half]! += deviation ** 2;
  }
  const shares = gains.map((gain, half) => (totals[half]! > 0 ? gain / totals[half]! : 0));
  return Math.min(...shares);
}

/** What values are beyond the mean of their round. */
function fromRounds(steps: readonly PlacedStep[], values: Float64Array): Float64Array {
  const deviations = new Float64Array(values.length);
  let start = 0;
  for (let end = 1; end <= steps.length; end++) {
    if (end < steps.length && isSameRound(steps[end]!, steps[start]!)) continue;
    const own = values.subarray(start, end);
    const seen = own.filter((value) => !Number.isNaN(value));
    const mean = seen.reduce((sum, value) => sum + value, 0) / seen.length;
    for (let i = start; i < end; i++) deviations[i] = values[i]! - mean;
    start = end;
  }
  return deviations;
}

const isSameRound = (a: PlacedStep, b: PlacedStep): boolean =>
  a.round === b.round && a.sequence === b.sequence;

/** The mean deviation in each stretch of the rounds of a half; 0 where there is none. */
function profileOf(
  steps: readonly PlacedStep[],
  deviations: Float64Array,
  half: 0 | 1,
  stretches: number,
): Float64Array {
  const [sums, counts] = [new Float64Array(stretches), new Float64Array(stretches)];
  for (const [i, step] of steps.entries()) {
    if (step.half !== half || Number.isNaN(deviations[i]!)) continue;
    sums[step.stretch]! += deviations[i]!;
    counts[step.stretch]! += 1;
  }
  return sums.map((sum, stretch) => (counts[stretch]! > 0 ? sum / counts[stretch]! : 0));
}
