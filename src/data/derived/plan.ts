/** Which covariates are made of data that are to be trained on. */
import { VrnnError } from "../../errors.ts";
import { listed } from "../../words/figures.ts";
import type { TimeColumn } from "../dataset.ts";
import type { ReadContext, ReadWhole } from "../tables/build.ts";
import { parseDate } from "../tables/dates.ts";
import { cycles, DAY, dayOf, HOUR, levels, MONDAY, WEEK } from "./calendar.ts";
import type { DerivedColumn } from "./derived-column.ts";
import { kindOf } from "./kinds.ts";
import { type CalendarName, type CycleName, type LevelName, phases } from "./names.ts";
import { type Foretold, mostForetold, type Round } from "./profile.ts";
import { type Timing, timingOf } from "./timing.ts";
import { wallClock } from "./zone.ts";

/** A derived covariate before its statistics. */
export type DraftColumn = Pick<DerivedColumn, "name" | "kind" | "levels" | "derived">;

/** What is to be derived, and what there is to say of that. */
interface DerivedPlan {
  readonly drafts: readonly DraftColumn[];
  readonly notes: readonly string[];
}

/** What parts of the calendar are made by. */
interface Said {
  readonly timing: Timing;
  readonly zone: string | undefined;
}

/** A part of the calendar as covariates. */
interface CalendarPart {
  readonly drafts: (said: Said) => readonly DraftColumn[];
  /** The time that it takes to come again, in seconds; absent: it does not. */
  readonly period?: number;
  /** What makes it worth having to `auto`; absent: nothing does. */
  readonly auto?: {
    /** Whether it varies from step to step. */
    readonly varies: (timing: Timing) => boolean;
    /** Of what goes round: what has to foretell values, and how much of them. */
    readonly round?: Round & { readonly least: number };
  };
}

/** In seconds; the least length of each, so that going round twice needs no more than two of them. */
const [MONTH, YEAR] = [28 * DAY, 365 * DAY];
/** A monthly step may be as short. */
const LEAST_MONTHLY = 27.5 * DAY;
/** A share of this much that a profile foretells is more than chance; of years, which are few, more is asked. */
const [LEAST_SHARE, LEAST_OF_YEARS] = [0.01, 0.1];

const dailyRound = {
  ...{ name: "a day", period: DAY, start: 0, stretches: 24, least: LEAST_SHARE },
  stretchOf: (time: number) => Math.min(23, Math.floor(24 * cycles.hour(time))),
};

const weeklyRound = {
  ...{ name: "a week", period: WEEK, start: MONDAY, stretches: 7, least: LEAST_SHARE },
  stretchOf: levels.weekday.indexAt,
};

const yearlyRound = {
  ...{ name: "a year", period: 365.2425 * DAY, start: 0, stretches: 12, least: LEAST_OF_YEARS },
  stretchOf: levels.month.indexAt,
};

const inZone = (zone: string | undefined) => (zone === undefined ? {} : { zone });

const cyclic = (of: CycleName, period: number, auto?: CalendarPart["auto"]): CalendarPart => ({
  period,
  ...(auto && { auto }),
  drafts: ({ zone }) =>
    phases.map((phase) => ({
      name: `calendar.${of}.${phase}`,
      kind: "real",
      levels: [],
      derived: { kind: "cycle", of, phase, ...inZone(zone) },
    })),
});

const levelled = (of: LevelName, period: number, auto: CalendarPart["auto"]): CalendarPart => ({
  period,
  ...(auto && { auto }),
  drafts: ({ zone }) => [
    {
      name: `calendar.${of}`,
      kind: "categorical",
      levels: levels[of].levels,
      derived: { kind: "level", of, ...inZone(zone) },
    },
  ],
});

const comesTwice = ({ span }: Timing, period: number): boolean => span >= 2 * period;

/**
 * Every part that may be named. `auto` takes what varies from step to step, comes at least twice in the training data and foretells
 * values there: the season of a year by its months where steps are months, else by the day.
 */
const parts: Readonly<Record<CalendarName, CalendarPart>> = {
  minute: cyclic("minute", HOUR),
  hour: cyclic("hour", DAY, { varies: ({ usual }) => usual < DAY, round: dailyRound }),
  "day-of-month": cyclic("day-of-month", MONTH),
  "day-of-year": cyclic("day-of-year", YEAR, {
    varies: ({ usual }) => usual < LEAST_MONTHLY,
    round: yearlyRound,
  }),
  weekday: levelled("weekday", WEEK, { varies: ({ usual }) => usual < WEEK, round: weeklyRound }),
  month: levelled("month", YEAR, {
    varies: ({ usual }) => usual >= LEAST_MONTHLY && usual < YEAR,
    round: yearlyRound,
  }),
  weekend: {
    period: WEEK,
    drafts: ({ zone }) => [
      { name: "calendar.weekend", kind: "binary", levels: [], derived: { kind: "weekend", ...inZone(zone) } },
    ],
  },
  elapsed: {
    auto: { varies: ({ isEven }) => !isEven },
    drafts: ({ timing: { usual } }) => [
      { name: "calendar.elapsed", kind: "real", levels: [], derived: { kind: "elapsed", usual } },
    ],
  },
};

/** What is meant by whole days that are free. */
const holidayDraft = (days: readonly string[], zone: string | undefined): DraftColumn => ({
  name: "calendar.holiday",
  kind: "binary",
  levels: [],
  derived: { kind: "holiday", days: days.map((day) => dayOf(parseDate(day))), ...inZone(zone) },
});

/**
 * What is made of the times of some data: what the options name, or, by `auto`, what may help. Data without a calendar have
 * no part of one by `auto`, and the time between steps where that varies.
 *
 * @throws VrnnError `data/no-times` for a part of the calendar that is named where there are no dates, `data/time-zone`
 */
export function planDerived(read: ReadWhole, context: ReadContext): DerivedPlan {
  const { options, time } = context;
  const { calendar = [], holidays = [] } = options;
  const named = calendar.filter((word) => word !== "auto" && word !== "none");
  const isAuto = calendar.includes("auto");
  if (named.length === 0 && !isAuto && holidays.length === 0) return NOTHING;
  const said = { timing: timingOf(read.sequences, context.parts), zone: options.timeZone ?? time?.zone };
  wallClock(said.zone); // a zone that there is not is refused before anything is made by it
  const found = isAuto ? foundParts(read, context, said) : [];
  const names = [...new Set([...named, ...found.map(({ name }) => name)])];
  const drafts = [
    ...names.flatMap((name) => parts[name].drafts(said)),
    ...(holidays.length > 0 ? [holidayDraft(holidays, said.zone)] : []),
  ];
  refuseTimeless(drafts, context);
  const notes = [
    ...calendarNote([...names, ...(holidays.length > 0 ? ["holidays"] : [])], found, context),
    ...onceNotes(named, said.timing),
  ];
  return { drafts, notes };
}

const NOTHING: DerivedPlan = { drafts: [], notes: [] };

/** Whether times are those of a calendar. */
export const isCalendar = (time: TimeColumn | undefined): boolean =>
  time !== undefined && (time.kind === "date" || time.isEpoch === true);

/** A part that `auto` takes, and what speaks for it. */
interface FoundPart {
  readonly name: CalendarName;
  readonly foretold?: Foretold;
}

function foundParts(read: ReadWhole, context: ReadContext, { timing, zone }: Said): FoundPart[] {
  const { time } = context;
  if (time === undefined || !(timing.usual > 0)) return [];
  return (Object.keys(parts) as CalendarName[]).flatMap((name): FoundPart[] => {
    const { auto, period } = parts[name];
    if (auto === undefined || !auto.varies(timing)) return [];
    if (auto.round === undefined || period === undefined) return [{ name }];
    if (!isCalendar(time) || !comesTwice(timing, period)) return [];
    const foretold = mostForetold(read, context, auto.round, wallClock(zone));
    return foretold !== undefined && foretold.share >= auto.round.least ? [{ name, foretold }] : [];
  });
}

/** @throws VrnnError `data/no-times` */
function refuseTimeless(drafts: readonly DraftColumn[], { time, source }: ReadContext): void {
  const lacks = lackOf(drafts, time);
  if (lacks === undefined) return;
  throw new VrnnError("data/no-times", `the data tell no ${lacks}, of which the calendar is made`, {
    at: source,
    remedy: `name a column of ${lacks} with the option time, or leave the option calendar out`,
  });
}

/** What some covariates are made of that the data lack. */
export function lackOf(
  derived: readonly Pick<DraftColumn, "derived">[],
  time: TimeColumn | undefined,
): "dates" | "times" | undefined {
  const needs = (what: string) => derived.some((column) => kindOf(column.derived).from === what);
  if (needs("dates") && !isCalendar(time)) return "dates";
  return needs("times") && time === undefined ? "times" : undefined;
}

function calendarNote(
  names: readonly string[],
  found: readonly FoundPart[],
  { time }: ReadContext,
): string[] {
  if (names.length === 0) return [];
  const words = names.map((name) => {
    const part = found.find((each) => each.name === name);
    if (name === "elapsed") return part ? "elapsed (steps are uneven)" : name;
    return part?.foretold ? `${name} (${foretoldWords(part.foretold)})` : name;
  });
  const undo = found.length > 0 ? "; to leave it out: the option calendar: none" : "";
  const all = listed(words, words.length);
  return [`calendar: ${all}, made of the times in "${time!.name}", known beside the columns${undo}`];
}

const foretoldWords = ({ column, share, round }: Foretold): string =>
  `foretells ${Number((100 * share).toPrecision(2))} % of how "${column}" varies within ${round.name}`;

/** Says of parts that were named that nothing can be learned of them. */
const onceNotes = (named: readonly CalendarName[], timing: Timing): string[] =>
  named
    .filter((name) => parts[name].period !== undefined && !comesTwice(timing, parts[name].period))
    .map(
      (name) =>
        `calendar: the training data do not go round the ${name} twice, so what it means is hardly learned`,
    );
