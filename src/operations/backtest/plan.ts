/** Which forecasts a backtest makes, and by which seasons. */
import { isQuantity } from "../../calibration/recalibrate.ts";
import { everyNth } from "../../collections.ts";
import { type Column, type Sequence, sliceSequence } from "../../data/dataset.ts";
import { withPast } from "../../data/joined.ts";
import { seasonsOf } from "../../data/seasons.ts";
import { VrnnError } from "../../errors.ts";
import { type OriginPlan, type RollingOptions, rollingOrigins } from "../../inference/rolling-origins.ts";
import { counted, listed } from "../../words/figures.ts";
import type { Context } from "../context.ts";
import { withinContext } from "../history.ts";
import type { Subject } from "../subject.ts";

/** The origins of each sequence, in all that was seen of it. */
export function plansOf(
  { notice }: Context,
  { sequences, earlier = [], settings }: Subject,
  rolling: RollingOptions,
): OriginPlan[] {
  const { columns, model } = settings;
  const { conditions } = model;
  const rollable = sequences.map((each) => {
    const { whole, from } = withPast(each, earlier, { columns, conditions });
    return { sequence: whole, from };
  });
  const plans = rollingOrigins(rollable, rolling);
  const left = sequences.length - plans.length;
  if (left > 0)
    notice([`${counted(left, "sequence")} too short for ${counted(rolling.horizon, "step")} ahead left out`]);
  return plans;
}

/** So many sequences, and so many steps of each, tell the seasons. */
const [MOST_TELLING, TELLING_STEPS] = [50, "5000"];

/** The seasons of the rules: what was said, or what is found before the first origins. @throws VrnnError `backtest/season` */
export function seasonsFor(
  { notice }: Context,
  columns: readonly Column[],
  plans: readonly OriginPlan[],
  said: number | undefined,
): readonly number[] {
  const histories = historiesOf(plans);
  if (said !== undefined) return checkedSeason(said, histories);
  const telling = histories.slice(0, MOST_TELLING).map((each) => withinContext(each, TELLING_STEPS));
  const found = columns.flatMap((column, d) =>
    isQuantity(column) ? seasonsOf(telling.map(({ values }) => everyNth(values, d, columns.length))) : [],
  );
  const seasons = mostCommon(found.map(({ steps }) => steps));
  notice([
    seasons.length === 0
      ? "no season was found (--season: how many steps one has)"
      : `found a season of ${listed(
          seasons.map((each) => counted(each, "step")),
          3,
        )}`,
  ]);
  return seasons;
}

/** What was seen of each sequence before its first origin. */
export const historiesOf = (plans: readonly OriginPlan[]): Sequence[] =>
  plans.map(({ sequence, origins }) => sliceSequence(sequence, 0, origins[0]!));

function checkedSeason(season: number, histories: readonly Sequence[]): readonly number[] {
  const longest = histories.reduce((most, { length }) => Math.max(most, length), 0);
  if (season <= longest) return season === 1 ? [] : [season];
  const seen = `what was seen before the first forecast, ${counted(longest, "step")}`;
  throw new VrnnError("backtest/season", `a season of ${counted(season, "step")} is longer than ${seen}`, {
    remedy: "give a shorter --season, or leave it out",
  });
}

/** At most two seasons, those of the most columns, ascending. */
function mostCommon(seasons: readonly number[]): number[] {
  const counts = new Map<number, number>();
  for (const season of seasons) counts.set(season, (counts.get(season) ?? 0) + 1);
  const ranked = [...counts].sort(([, one], [, other]) => other - one).map(([season]) => season);
  return ranked.slice(0, 2).sort((a, b) => a - b);
}
