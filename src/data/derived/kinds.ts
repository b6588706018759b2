/** Every kind of derived covariate: one row each. */
import type { Column } from "../dataset.ts";
import { cycles } from "./calendar.ts";
import type { Derivation, DerivationOf } from "./derivation.ts";

/** What a covariate is made of: steps in their order. */
export interface DerivedSource {
  /** `[T]` in seconds, where it is known when steps were. */
  readonly times?: Float64Array | undefined;
  /** `[T, D]`, row-major, in the units of the data; NaN is missing, and everything that is still to come. */
  readonly values: Float64Array;
}

/** The value at step t of a source; NaN where nothing tells it: it is withheld there. */
export type DerivedReader = (source: DerivedSource, t: number) => number;

interface DerivedKind<Own> {
  /** Whether it is made of the calendar, of any times, or of the values. */
  readonly of: "dates" | "times" | "values";
  /** How many steps before its own it looks at. */
  readonly reach: (own: Own) => number;
  /** @param columns D: those of the values */
  readonly reader: (own: Own, columns: readonly Column[]) => DerivedReader;
}

const derivedKinds: { readonly [Kind in Derivation["kind"]]: DerivedKind<DerivationOf<Kind>> } = {
  cycle: {
    of: "dates",
    reach: () => 0,
    reader: ({ of, phase }) => {
      const [place, wave] = [cycles[of], phase === "sine" ? Math.sin : Math.cos];
      return ({ times }, t) => wave(2 * Math.PI * place(times![t]!));
    },
  },
  lag: {
    of: "values",
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
