/** Chooses how each column is told: a few ways are tried, and judged on validation data. */
import { everyNth, groupBy } from "../collections.ts";
import type { Column, Dataset, Sequence } from "../data/dataset.ts";
import type { Notice } from "../data/notice.ts";
import { isScaled } from "../data/scaling.ts";
import { type Season, seasonsOf } from "../data/seasons.ts";
import { scaleSeries } from "../data/series-units.ts";
import { isMovable } from "../distributions/requests.ts";
import { counted } from "../words/figures.ts";
import { centredData } from "./centres.ts";
import { horizonOf, judge, TRIAL_UPDATES, type Trials } from "./trial.ts";
import { optionsOf, type Way, waysOf, wayWords } from "./ways.ts";

/** What there is to choose for. */
export interface Choosing extends Omit<Trials, "horizon"> {
  readonly notice: Notice;
}

/** What is chosen: options of a model, and the data with what these ask for. */
export type Chosen = Pick<Choosing, "data" | "model">;

/**
 * Tries a few ways to tell the columns of a table, and chooses one for each column: the first in the order of `waysOf` of
 * which no other is better by more than a standard error.
 *
 * @returns the options as they are where nothing can be tried: no column has two ways, or there are no validation data
 */
export async function chooseEmissions(choosing: Choosing): Promise<Chosen> {
  const { data: read, model, notice } = choosing;
  const { columns, splits } = read;
  const seasons = seasonsByColumn(read);
  const judged = splits.valid.reduce((sum, { length }) => sum + length, 0);
  const ways = columns.map((column, d) => waysOf(column, seasons[d]!, judged));
  const count = ways.reduce((most, { length }) => Math.max(most, length), 0);
  if (count === 0 || judged === 0) return { data: read, model };
  notice([
    ...seasonNotes(columns, seasons),
    `${counted(count, "way")} to tell the columns are tried for ${TRIAL_UPDATES} updates each; --center and --emission name one`,
  ]);
  const horizon = horizonOf(read, seasons);
  const data = await scaledWhereBetter({ ...choosing, horizon }, ways);
  const trials: Float64Array[][] = [];
  for (let trial = 0; trial < count; trial++)
    trials.push(
      await judge(
        { ...choosing, data, horizon },
        optionsOf(
          columns,
          ways.map((own) => own[trial] ?? own[0]),
        ),
      ),
    );
  const chosen = ways.map((own, d) =>
    choose(
      own,
      trials.map((nats) => nats[d]!),
    ),
  );
  notice(choiceNotes(columns, chosen));
  const told = {
    ...model,
    ...optionsOf(
      columns,
      chosen.map((choice) => choice?.way),
    ),
  };
  return { model: told, data: centredData(data, told) };
}

/** A panel has so many series, each of so many steps. */
const [FEWEST_SERIES, FEWEST_STEPS] = [8, 32];
/** The scale of a series is told by a quarter of its steps, and by no more than that. */
const MOST_SCALE_STEPS = 48;

/**
 * A panel with each series scaled by its own first steps, where that tells validation data better by more than a standard
 * error; else, and if there is no panel or its scaling was said, the data as they are.
 */
async function scaledWhereBetter(
  choosing: Choosing & Trials,
  ways: readonly (readonly Way[])[],
): Promise<Dataset> {
  const { data, notice } = choosing;
  const lengths = data.splits.train.map(({ length }) => length).filter((length) => length >= FEWEST_STEPS);
  const isPanel = lengths.length >= FEWEST_SERIES && data.columns.some(isScaled);
  if (!isPanel || data.scaleSteps !== undefined) return data;
  const middle = lengths.sort((a, b) => a - b)[Math.floor(lengths.length / 2)]!;
  const scaled = scaleSeries(data, Math.min(MOST_SCALE_STEPS, Math.floor(middle / 4)));
  const around = optionsOf(
    data.columns,
    ways.map((own) => own.find(({ center }) => center === "last")),
  );
  const [plain, own] = [await judge(choosing, around), await judge({ ...choosing, data: scaled }, around)];
  const all = (trial: readonly Float64Array[]) => Float64Array.from(trial.flatMap((nats) => [...nats]));
  const { mean: gain, error } = difference(all(own), all(plain));
  if (!(gain > error)) return data;
  notice([`${scaled.notes.at(-1)}: ${gain.toFixed(2)} nats a value better than all alike`]);
  return scaled;
}

/** The seasons of each column that could be predicted from one, found in the training split. */
const seasonsByColumn = ({ columns, splits }: Dataset): readonly (readonly Season[])[] =>
  columns.map((column, d) =>
    isMovable(column)
      ? seasonsOf(splits.train.map(({ values }: Sequence) => everyNth(values, d, columns.length)))
      : [],
  );

/** A way that was chosen, and by how many nats a value it is better than the usual one. */
interface Choice {
  readonly way: Way;
  readonly gain: number;
}

/** @param trials the log-likelihood of each value, in each trial */
function choose(ways: readonly Way[], trials: readonly Float64Array[]): Choice | undefined {
  if (ways.length === 0) return undefined;
  const means = ways.map((_, i) => mean(trials[i]!));
  const best = means.indexOf(means.reduce((most, each) => Math.max(most, each), Number.NEGATIVE_INFINITY));
  const isAsGood = (_: Way, i: number) => {
    const { mean: way, error } = difference(trials[best]!, trials[i]!);
    return way <= error;
  };
  const at = Math.max(0, best < 0 ? 0 : ways.findIndex(isAsGood));
  return { way: ways[at]!, gain: means[at]! - means[0]! };
}

const mean = (values: Float64Array): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

/** Neighbours go together: errors are told by the means of so many stretches. */
const STRETCHES = 20;

/** The mean of a − b and its standard error. */
function difference(a: Float64Array, b: Float64Array): { readonly mean: number; readonly error: number } {
  const differences = a.map((value, i) => value - b[i]!);
  const stretches = Math.min(STRETCHES, differences.length);
  const means = Float64Array.from({ length: stretches }, (_, k) =>
    mean(differences.subarray((k * a.length) / stretches, ((k + 1) * a.length) / stretches)),
  );
  const centre = mean(means);
  const variance = mean(means.map((each) => (each - centre) ** 2)) / Math.max(1, stretches - 1);
  return { mean: mean(differences), error: Math.sqrt(variance) };
}

function seasonNotes(columns: readonly Column[], seasons: readonly (readonly Season[])[]): string[] {
  const told = columns.flatMap(({ name }, d) => seasons[d]!.map(({ steps }) => ({ name, steps })));
  return [...groupBy(told, ({ steps }) => steps)].map(
    ([steps, of]) =>
      `a season of ${steps} steps: ${namesOf(
        of.map(({ name }) => name),
        columns.length,
      )}`,
  );
}

function choiceNotes(columns: readonly Column[], choices: readonly (Choice | undefined)[]): string[] {
  const told = columns.flatMap(({ name }, d) => (choices[d] === undefined ? [] : [{ name, ...choices[d] }]));
  return [...groupBy(told, ({ way }) => wayWords(way))].map(([words, of]) => {
    const gain = of.reduce((sum, each) => sum + each.gain, 0) / of.length;
    const better = gain > 0 ? `, ${gain.toFixed(2)} nats a value better than as usual` : "";
    return `told as ${words}${better}: ${namesOf(
      of.map(({ name }) => name),
      columns.length,
    )}`;
  });
}

/** No more names than that are told. */
const MOST_NAMES = 6;

function namesOf(names: readonly string[], all: number): string {
  if (names.length === all && all > 1) return `all ${all} columns`;
  const shown = names.slice(0, MOST_NAMES).join(", ");
  return names.length > MOST_NAMES ? `${shown} and ${names.length - MOST_NAMES} more` : shown;
}
