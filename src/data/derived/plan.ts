/** Which covariates are made of data that are to be trained on. */
import { VrnnError } from "../../errors.ts";
import { listed } from "../../words/figures.ts";
import type { TimeColumn } from "../dataset.ts";
import type { ReadContext, ReadWhole } from "../tables/build.ts";
import { parseDate } from "../tables/dates.ts";
import { DAY, dayOf, levels, WEEK } from "./calendar.ts";
import type { DerivedColumn } from "./derived-column.ts";
import { kindOf } from "./kinds.ts";
import { type CalendarName, type CycleName, type LevelName, phases } from "./names.ts";
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
  /** Whether `auto` takes it; absent: never. */
  readonly isAuto?: (timing: Timing) => boolean;
}

/** In seconds; a little less than the shortest of them, so that two of them need not be two of the longest. */
const [MONTH, YEAR] = [28 * DAY, 365 * DAY];
/** A monthly step may be as short. */
const LEAST_MONTHLY = 27.5 * DAY;

const inZone = (zone: string | undefined) => (zone === undefined ? {} : { zone });

const cyclic = (of: CycleName, period: number, isAuto?: CalendarPart["isAuto"]): CalendarPart => ({
  period,
  ...(isAuto && { isAuto }),
  drafts: ({ zone }) =>
    phases.map((phase) => ({
      name: `calendar.${of}.${phase}`,
      kind: "real",
      levels: [],
      derived: { kind: "cycle", of, phase, ...inZone(zone) },
    })),
});

const levelled = (of: LevelName, period: number, isAuto: CalendarPart["isAuto"]): CalendarPart => ({
  period,
  ...(isAuto && { isAuto }),
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
 * Every part that may be named. `auto` takes what varies from step to step and comes at least twice in the training data: the
 * season of a year by its months where steps are months, else by the day.
 */
const parts: Readonly<Record<CalendarName, CalendarPart>> = {
  minute: cyclic("minute", 3600),
  hour: cyclic("hour", DAY, (timing) => timing.usual < DAY && comesTwice(timing, DAY)),
  "day-of-month": cyclic("day-of-month", MONTH),
  "day-of-year": cyclic(
    "day-of-year",
    YEAR,
    (timing) => timing.usual < LEAST_MONTHLY && comesTwice(timing, YEAR),
  ),
  weekday: levelled("weekday", WEEK, (timing) => timing.usual < WEEK && comesTwice(timing, WEEK)),
  month: levelled(
    "month",
    YEAR,
    (timing) => timing.usual >= LEAST_MONTHLY && timing.usual < YEAR && comesTwice(timing, YEAR),
  ),
  weekend: {
    period: WEEK,
    drafts: ({ zone }) => [
      { name: "calendar.weekend", kind: "binary", levels: [], derived: { kind: "weekend", ...inZone(zone) } },
    ],
  },
  elapsed: {
    isAuto: ({ isEven }) => !isEven,
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
export function planDerived({ sequences }: ReadWhole, context: ReadContext): DerivedPlan {
  const { options, time } = context;
  const { calendar = [], holidays = [] } = options;
  const named = calendar.filter((word) => word !== "auto" && word !== "none");
  const isAuto = calendar.includes("auto");
  if (named.length === 0 && !isAuto && holidays.length === 0) return NOTHING;
  const [timing, zone] = [timingOf(sequences, context.parts), options.timeZone ?? time?.zone];
  wallClock(zone); // a zone that there is not is refused before anything is made by it
  const found = isAuto ? autoNames(timing, time) : [];
  const names = [...new Set([...named, ...found])];
  const drafts = [
    ...names.flatMap((name) => parts[name].drafts({ timing, zone })),
    ...(holidays.length > 0 ? [holidayDraft(holidays, zone)] : []),
  ];
  refuseTimeless(drafts, context);
  return {
    drafts,
    notes: [...calendarNote(names, found, holidays.length, context), ...onceNotes(named, timing)],
  };
}

const NOTHING: DerivedPlan = { drafts: [], notes: [] };

/** Whether times are those of a calendar. */
export const isCalendar = (time: TimeColumn | undefined): boolean =>
  time !== undefined && (time.kind === "date" || time.isEpoch === true);

function autoNames(timing: Timing, time: TimeColumn | undefined): CalendarName[] {
  if (time === undefined || !(timing.usual > 0)) return [];
  return (Object.keys(parts) as CalendarName[]).filter(
    (name) => parts[name].isAuto?.(timing) && (parts[name].period === undefined || isCalendar(time)),
  );
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

const WORDS: Partial<Readonly<Record<CalendarName, string>>> = { elapsed: "time since the step before" };

function calendarNote(
  names: readonly CalendarName[],
  found: readonly CalendarName[],
  holidays: number,
  { time }: ReadContext,
): string[] {
  const words = [...names.map((name) => WORDS[name] ?? name), ...(holidays > 0 ? ["holidays"] : [])];
  if (words.length === 0) return [];
  const undo = found.length > 0 ? " (to leave it out: the option calendar: none)" : "";
  const all = listed(words, words.length);
  return [`calendar: ${all}, made of the times in "${time!.name}", known beside the columns${undo}`];
}

/** Says of parts that were named that nothing can be learned of them. */
const onceNotes = (named: readonly CalendarName[], timing: Timing): string[] =>
  named
    .filter((name) => parts[name].period !== undefined && !comesTwice(timing, parts[name].period))
    .map(
      (name) =>
        `calendar: the training data do not go round the ${name} twice, so what it means is hardly learned`,
    );
