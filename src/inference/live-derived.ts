/** The derived covariates of a stream: of each step as it comes, and of the next. */
import type { Column, ConditionColumn } from "../data/dataset.ts";
import { type DerivedColumn, isDerived } from "../data/derived/derived-column.ts";
import { kindOf } from "../data/derived/kinds.ts";
import { derivedAhead, derivedRows, reachOf, withDerivedRows } from "../data/derived/rows.ts";
import * as z from "../zod.ts";
import type { StepCondition } from "./follower.ts";
import { RECENT, timesAhead } from "./times-ahead.ts";

const numbers = z.readonly(z.array(z.nullable(z.number())));

/** The steps that covariates of later ones are made of, as JSON keeps them: null is missing. */
export const liveDerivedState = z.strictObject({
  /** In seconds. */
  times: numbers,
  /** `[T, D]` */
  values: numbers,
});

export type LiveDerivedState = z.output<typeof liveDerivedState>;

/** A step as it came. */
interface LiveStepRead {
  /** `[D]` */
  readonly x: Float64Array;
  /** `[C_read]`: what the stream told beside. */
  readonly told: Float64Array;
  /** In seconds; NaN where it is not known. */
  readonly time: number;
}

/** The latest steps. */
interface Past {
  /** In seconds. */
  readonly times: Float64Array;
  /** `[T, D]` */
  readonly values: Float64Array;
}

/** Makes the derived covariates of a stream, step by step: the same that whole sequences have. */
export class LiveDerived {
  private readonly columns: readonly Column[];
  private readonly conditions: readonly ConditionColumn[];
  private readonly derived: readonly DerivedColumn[];
  /** How many steps are kept. */
  private readonly kept: number;
  private past: Past;
  /** With the step that was asked about last. */
  private next: Past;

  constructor(columns: readonly Column[], conditions: readonly ConditionColumn[], state?: LiveDerivedState) {
    this.columns = columns;
    this.conditions = conditions;
    this.derived = conditions.filter(isDerived);
    this.kept = Math.max(RECENT, reachOf(this.derived) + 1);
    this.past = { times: numbersOf(state?.times), values: numbersOf(state?.values) };
    this.next = this.past;
  }

  /** Whether it is made of the times of steps. */
  get needsTimes(): boolean {
    return this.derived.some(({ derived }) => kindOf(derived).from !== "values");
  }

  /** What is known beside a step, and beside the one after it. */
  known({ x, told, time }: LiveStepRead): StepCondition {
    const { columns, derived, conditions, past, kept } = this;
    if (conditions.length === 0) return {};
    const given = this.spread(told);
    if (derived.length === 0) return { condition: given };
    this.next = {
      times: Float64Array.from([...past.times, time]).slice(-kept),
      values: Float64Array.from([...past.values, ...x]).slice(-kept * columns.length),
    };
    const now = derivedRows(derived, columns, this.next, this.next.times.length - 1);
    const ahead = derivedAhead(derived, columns, this.next, { horizon: 1, times: nextTime(this.next) });
    return {
      condition: withDerivedRows(conditions, given, now),
      upcoming: withDerivedRows(conditions, given, ahead),
    };
  }

  /** The step that was asked about has been taken. */
  taken(): void {
    this.past = this.next;
  }

  /** Where it stands, to go on from there another time; undefined where nothing is derived. */
  get state(): LiveDerivedState | undefined {
    if (this.derived.length === 0) return undefined;
    const { times, values } = this.past;
    return { times: stored(times), values: stored(values) };
  }

  /** What was told, at its places among all conditions; the derived ones are left open. */
  private spread(told: Float64Array): Float64Array {
    let next = 0;
    return Float64Array.from(this.conditions, (column) => (isDerived(column) ? Number.NaN : told[next++]!));
  }
}

function nextTime({ times }: Past): Float64Array {
  const known = times.filter((time) => !Number.isNaN(time));
  return known.length === 0 ? Float64Array.of(Number.NaN) : timesAhead(known, 1);
}

const numbersOf = (stored: readonly (number | null)[] = []): Float64Array =>
  Float64Array.from(stored, (value) => value ?? Number.NaN);

const stored = (values: Float64Array): (number | null)[] =>
  Array.from(values, (value) => (Number.isNaN(value) ? null : value));
