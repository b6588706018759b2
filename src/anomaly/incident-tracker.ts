/** Gathers what a detector says step by step into incidents. */
import type { Column } from "../data/dataset.ts";
import type { Detector, Reason } from "./detect.ts";
import {
  anomalySentence,
  type ChangeKind,
  changeKind,
  changeSentence,
  overallSentence,
} from "./incident-words.ts";
import type { Alarm, PlacedChange } from "./live-detector.ts";
import type { OverallChange } from "./overall-watch.ts";

/** Something that happened in a sequence. */
export interface FoundIncident {
  /** A stretch of odd steps; a column that changed for good; one that is as it was again. */
  readonly type: "anomaly" | "change" | "return";
  /** How a column changed. */
  readonly change?: ChangeKind;
  /** Its first and last step; of a change that stayed the last one seen. */
  readonly first: number;
  readonly last: number;
  /** Their times, in seconds (steps where data have no clock). */
  readonly start: number;
  readonly end: number;
  /** By how many nats the score rose above the threshold of alarms at most. */
  readonly severity: number;
  /** The columns that stood out most, the strongest first. */
  readonly columns: readonly string[];
  readonly text: string;
}

/** What is told of an incident while steps come: that it began, and when it is over what it was. */
export interface IncidentNews {
  readonly state: "open" | "over";
  readonly incident: FoundIncident;
}

/** A step as it is gathered. */
export interface TrackedStep {
  readonly step: number;
  /** In seconds. */
  readonly time: number;
  readonly alarm: Alarm;
  /** `[columns]` of the data. */
  readonly values: Float64Array;
}

const MOST_COLUMNS = 3;

/** Where a tracker stands. */
export interface IncidentTrackerState {
  readonly firstTime: number;
  readonly open?:
    | (Omit<Open, "peakValues" | "excess"> & {
        readonly peakValues: readonly (number | null)[];
        readonly excess: readonly (readonly [string, number])[];
      })
    | undefined;
}

/** An incident under way. */
interface Open {
  readonly first: number;
  readonly start: number;
  last: number;
  end: number;
  peak: number;
  peakStep: number;
  peakValues: Float64Array;
  readonly excess: Map<string, number>;
}

/** One sequence's incidents as its steps come: flags less than the detector's gap apart are one. */
export class IncidentTracker {
  private readonly detector: Pick<Detector, "columns" | "gap" | "threshold">;
  private readonly columns: readonly Column[];
  private open: Open | undefined;
  private firstTime = 0;

  /** @param columns of the data: the detector's without the latent variables */
  constructor(detector: Pick<Detector, "columns" | "gap" | "threshold">, columns: readonly Column[]) {
    this.detector = detector;
    this.columns = columns;
  }

  /** What there is to tell after a step. */
  add(tracked: TrackedStep): IncidentNews[] {
    if (tracked.step === 0) this.firstTime = tracked.time;
    const { changes: columns, overall } = tracked.alarm;
    const changes = columns.map((change) => this.ofChange(change, tracked));
    if (overall !== undefined) changes.push(this.ofOverall(overall, tracked));
    const told = this.closed(tracked);
    if (tracked.alarm.isAnomalous) told.push(...this.odd(tracked));
    return [...told, ...changes.map((incident) => ({ state: "over" as const, incident }))];
  }

  /** What is still open when the sequence ends. */
  end(): IncidentNews[] {
    const { open } = this;
    this.open = undefined;
    return open === undefined ? [] : [{ state: "over", incident: this.ofOpen(open) }];
  }

  /** Where it stands: plain numbers, for JSON. */
  get state(): IncidentTrackerState {
    const { open, firstTime } = this;
    const peakValues = open && [...open.peakValues].map((value) => (Number.isNaN(value) ? null : value));
    return {
      firstTime,
      ...(open && { open: { ...open, peakValues: peakValues!, excess: [...open.excess] } }),
    };
  }

  restore({ firstTime, open }: IncidentTrackerState): void {
    this.firstTime = firstTime;
    this.open = open && {
      ...open,
      peakValues: Float64Array.from(open.peakValues, (value) => value ?? Number.NaN),
      excess: new Map(open.excess),
    };
  }

  private closed({ step, time }: TrackedStep): IncidentNews[] {
    const { open } = this;
    if (open === undefined || step === open.last + 1 || time - open.end < this.detector.gap) return [];
    return this.end();
  }

  private odd({ step, time, alarm, values }: TrackedStep): IncidentNews[] {
    const isNew = this.open === undefined;
    this.open ??= {
      first: step,
      start: time,
      ...{ last: step, end: time, peak: -Infinity, peakStep: step },
      peakValues: values,
      excess: new Map(),
    };
    const { open } = this;
    [open.last, open.end] = [step, time];
    for (const { column, excess } of alarm.reasons)
      open.excess.set(column, (open.excess.get(column) ?? 0) + excess);
    if (alarm.score > open.peak)
      [open.peak, open.peakStep, open.peakValues] = [alarm.score, step, values.slice()];
    return isNew ? [{ state: "open", incident: this.ofOpen(open) }] : [];
  }

  private ofOpen({ first, last, start, end, peak, peakStep, peakValues, excess }: Open): FoundIncident {
    const reasons = [...excess].map(([column, sum]): Reason => ({ column, excess: sum }));
    const names = reasons
      .sort((a, b) => b.excess - a.excess)
      .slice(0, MOST_COLUMNS)
      .map(({ column }) => column);
    const outstanding = names.map((name) => {
      const place = this.columns.findIndex((column) => column.name === name);
      return { name, column: this.columns[place], value: peakValues[place] ?? Number.NaN };
    });
    const text = anomalySentence({ first, last, peak: peakStep }, outstanding);
    return {
      type: "anomaly",
      first,
      last,
      start,
      end,
      severity: peak - this.detector.threshold,
      columns: names,
      text,
    };
  }

  private ofOverall(change: OverallChange, { step, time }: TrackedStep): FoundIncident {
    const { type, since, offset } = change;
    return {
      type: type === "back" ? "return" : "change",
      ...(type === "changed" && { change: "behaviour" as const }),
      ...{ first: since, last: step, start: this.timeOf(since, step, time), end: time },
      ...{ severity: offset, columns: [], text: overallSentence(change) },
    };
  }

  /** When a step was that is long gone: its time is not kept, by the mean distance of steps it is known nearly. */
  private timeOf(since: number, step: number, time: number): number {
    return time - ((step - since) * (time - this.firstTime)) / Math.max(step, 1);
  }

  private ofChange(change: PlacedChange, { step, time, alarm }: TrackedStep): FoundIncident {
    const { name } = this.detector.columns[change.column]!;
    const column = this.columns[change.column];
    const severity = Math.max(alarm.score, this.open?.peak ?? -Infinity) - this.detector.threshold;
    return {
      type: change.type === "back" ? "return" : "change",
      ...(change.type === "changed" && { change: changeKind(column, change) }),
      ...{
        first: change.since,
        last: step,
        start: this.timeOf(change.since, step, time),
        end: time,
        severity,
        columns: [name],
      },
      text: changeSentence(name, column, change),
    };
  }
}
