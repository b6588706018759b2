/** Every kind of derived covariate: one row each. */
import type { Column } from "../dataset.ts";
import { cycles, dayOf, isWeekend, levels } from "./calendar.ts";
import type { Derivation, DerivationOf } from "./derivation.ts";
import { wallClock } from "./zone.ts";

/** What a covariate is made of: steps in their order. */
export interface DerivedSource {
  /** `[T]` in seconds, where it is known when steps were. */
  readonly times?: Float64Array | undefined;
  /** `[T, D]`, row-major, in the units of the data; NaN is missing, and everything that is still to come. */
  readonly values: Float64Array;
}

/** The value at step t of a source; NaN where nothing tells it: it is withheld there. */
export type DerivedReader = (source: DerivedSource, t: number) => number;

/** What covariates are made of: the calendar, any times, or the values themselves. */
export type DerivedFrom = "dates" | "times" | "values";

interface DerivedKind<Own> {
  readonly from: DerivedFrom;
  /** How many steps before its own it looks at. */
  readonly reach: (own: Own) => number;
  /** @param columns D: those of the values */
  readonly reader: (own: Own, columns: readonly Column[]) => DerivedReader;
}

const nothingBefore = () => 0;

/** What the clock on the wall tells alone. */
const ofCalendar = <Own extends { readonly zone?: string }>(
  valueAt: (own: Own) => (time: number) => number,
): DerivedKind<Own> => ({
  from: "dates",
  reach: nothingBefore,
  reader: (own) => {
    const [clock, value] = [wallClock(own.zone), valueAt(own)];
    return ({ times }, t) => {
      const time = times![t]!;
      return Number.isNaN(time) ? time : value(clock(time));
    };
  },
});

const derivedKinds: { readonly [Kind in Derivation["kind"]]: DerivedKind<DerivationOf<Kind>> } = {
  cycle: ofCalendar(({ of, phase }) => {
    const [place, wave] = [cycles[of], phase === "sine" ? Math.sin : Math.cos];
    return (time) => wave(2 * Math.PI * place(time));
  }),
  level: ofCalendar(({ of }) => levels[of].indexAt),
  weekend: ofCalendar(() => (time) => Number(isWeekend(time))),
  holiday: ofCalendar(({ days }) => {
    const free = new Set(days);
    return (time) => Number(free.has(dayOf(time)));
  }),
  /** log(1 + distance / usual): 0 where time stands still, finite where a gap is long. */
  elapsed: {
    from: "times",
    reach: () => 1,
    reader:
      ({ usual }) =>
      ({ times }, t) =>
        t === 0 ? Number.NaN : Math.log1p(Math.max(0, times![t]! - times![t - 1]!) / usual),
  },
  lag: {
    from: "values",
    reach: ({ steps }) => steps,
    reader: ({ of, steps }, columns) => {
      const [d, width] = [columns.findIndex(({ name }) => name === of), columns.length];
      return ({ values }, t) => (t < steps ? Number.NaN : values[(t - steps) * width + d]!);
    },
  },
};

/** The row of a derivation's kind. */
export const kindOf = <Own extends Derivation>({ kind }: Own): DerivedKind<Own> =>
  derivedKinds[kind] as unknown as DerivedKind<Own>;
