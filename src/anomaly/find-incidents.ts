/** What is odd in whole sequences: the detector of live data, which may here look back on what it learned later. */
import type { Column, Sequence } from "../data/dataset.ts";
import type { StepScores } from "../inference/score.ts";
import type { Detector } from "./detect.ts";
import { entryScores } from "./entry-scores.ts";
import { type FoundIncident, IncidentTracker } from "./incident-tracker.ts";
import { changeKind, changeSentence, overallSentence } from "./incident-words.ts";
import {
  LiveDetector,
  type LiveDetectorOptions,
  type Offset,
  type PlacedChange,
  type Regime,
} from "./live-detector.ts";
import type { OverallChange } from "./overall-watch.ts";

/** What was found in a sequence. */
export interface Findings {
  readonly sequence: Sequence;
  /** `[steps]`, in nats, to be held against the detector's threshold. */
  readonly scores: Float64Array;
  /** `[steps]`, 1 for an odd step. */
  readonly flags: Uint8Array;
  /** `[steps, columns + 1]`: each column's share in what stands out, the latent variables' last. */
  readonly shares: Float64Array;
  /** In the order of their beginnings. */
  readonly incidents: readonly FoundIncident[];
}

/** What is looked at, and by what. */
export interface FindOptions {
  readonly detector: Detector;
  readonly columns: readonly Column[];
  /** Learns on from what comes; see `LiveDetectorOptions`. */
  readonly adapts: boolean;
}

/**
 * Finds what is odd in a sequence. A stream knows that a column has changed for good only when it has stayed so for long;
 * of a sequence that is known from its first step: all is looked at once, then again with what is usual of changed columns
 * learned anew from shortly after their change, so that it is one incident and not thousands of odd steps. Who adapts
 * looks once.
 */
export function findIncidents(sequence: Sequence, scores: StepScores, options: FindOptions): Findings {
  const { detector, adapts } = options;
  const look = (changing: LiveDetectorOptions) =>
    looked(sequence, scores, options, new LiveDetector(detector, changing));
  if (adapts) return concluded(sequence, look({ adapts }), options);
  const first = look({ offsets: [] });
  const regimes = regimesOf(first.changes, detector);
  const second = look({ regimes });
  const { changes } = first;
  if (second.overall.length === 0) return concluded(sequence, { ...second, changes }, options);
  const third = look({ regimes, offsets: offsetsOf(second.overall, detector) });
  return concluded(sequence, { ...third, changes, overall: second.overall }, options);
}

/** What one look at a sequence gives. */
interface Look extends Pick<Findings, "scores" | "flags" | "shares"> {
  readonly anomalies: readonly FoundIncident[];
  readonly changes: readonly PlacedChange[];
  readonly overall: readonly OverallChange[];
}

function looked(
  sequence: Sequence,
  scores: StepScores,
  { detector, columns }: FindOptions,
  live: LiveDetector,
): Look {
  const { times, values: entries } = entryScores({ sequence, scores });
  const [width, data] = [columns.length + 1, columns.length];
  const tracker = new IncidentTracker(detector, columns);
  const anomalies: FoundIncident[] = [];
  const changes: PlacedChange[] = [];
  const overall: OverallChange[] = [];
  const [own, flags] = [new Float64Array(sequence.length), new Uint8Array(sequence.length)];
  const shares = new Float64Array(sequence.length * width);
  for (let step = 0; step < sequence.length; step++) {
    const values = sequence.values.subarray(step * data, (step + 1) * data);
    const alarm = live.step(entries.subarray(step * width, (step + 1) * width), values);
    own[step] = alarm.score;
    flags[step] = alarm.isAnomalous ? 1 : 0;
    shares.set(live.shares(), step * width);
    changes.push(...alarm.changes);
    if (alarm.overall !== undefined) overall.push(alarm.overall);
    const news = tracker.add({
      step,
      time: times[step]!,
      alarm: { ...alarm, changes: [], overall: undefined },
      values,
    });
    anomalies.push(...over(news));
  }
  anomalies.push(...over(tracker.end()));
  return { scores: own, flags, shares, anomalies, changes, overall };
}

const over = (news: ReturnType<IncidentTracker["end"]>): FoundIncident[] =>
  news.filter(({ state }) => state === "over").map(({ incident }) => incident);

/** For so long after a change the column still counts, so that its beginning is seen. */
const longestWindow = ({ statistics }: Detector): number =>
  Math.max(...statistics.map(({ window }) => window));

/** A change and until when it held; undefined: to the end. */
interface Stretch<Change> {
  readonly change: Change;
  readonly until: number | undefined;
}

/** @param isNext whether a later change ends an earlier one */
function stretchesOf<Change extends Pick<OverallChange, "type" | "since">>(
  changes: readonly Change[],
  isNext: (later: Change, earlier: Change) => boolean,
): Stretch<Change>[] {
  return changes.flatMap((change, i) => {
    if (change.type === "back") return [];
    return [{ change, until: changes.slice(i + 1).find((later) => isNext(later, change))?.since }];
  });
}

const columnStretches = (changes: readonly PlacedChange[]) =>
  stretchesOf(changes, (later, { column }) => later.column === column);

const overallStretches = (changes: readonly OverallChange[]) => stretchesOf(changes, () => true);

const regimesOf = (changes: readonly PlacedChange[], detector: Detector): Regime[] =>
  columnStretches(changes).map(({ change: { column, since, usual }, until = Infinity }) => ({
    column,
    from: since + longestWindow(detector),
    until,
    usual,
  }));

const offsetsOf = (changes: readonly OverallChange[], detector: Detector): Offset[] =>
  overallStretches(changes).map(({ change: { since, offset }, until = Infinity }) => ({
    from: since + longestWindow(detector),
    until,
    offset,
  }));

/** Joins what stands out at the beginning of a change to it. */
function concluded(sequence: Sequence, look: Look, { detector, columns }: FindOptions): Findings {
  const { scores, flags, shares, anomalies } = look;
  const times = sequence.times ?? Float64Array.from({ length: sequence.length }, (_, t) => t);
  const reach = 2 * longestWindow(detector);
  const joined = new Set<FoundIncident>();
  const changes = columnStretches(look.changes).map(({ change, until }): FoundIncident => {
    const { name } = detector.columns[change.column]!;
    const begins = (one: FoundIncident) =>
      one.columns[0] === name && one.first <= change.since + reach && one.last >= change.since - reach;
    const own = anomalies.filter(begins);
    for (const one of own) joined.add(one);
    const last = (until ?? sequence.length) - 1;
    return {
      type: "change",
      change: changeKind(columns[change.column], change),
      ...{ first: change.since, last, start: times[change.since]!, end: times[last]! },
      severity: Math.max(...own.map(({ severity }) => severity), scores[change.since]! - detector.threshold),
      columns: [name],
      text: changeSentence(name, columns[change.column], change, until),
    };
  });
  const overall = overallStretches(look.overall).map(({ change, until }): FoundIncident => {
    const last = (until ?? sequence.length) - 1;
    return {
      type: "change",
      change: "behaviour",
      ...{ first: change.since, last, start: times[change.since]!, end: times[last]! },
      ...{ severity: change.offset, columns: [], text: overallSentence(change, until) },
    };
  });
  const rest = anomalies.filter((one) => !joined.has(one));
  const incidents = [...rest, ...changes, ...overall].sort((a, b) => a.first - b.first || a.last - b.last);
  return { sequence, scores, flags, shares, incidents };
}
