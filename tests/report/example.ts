import type {
  Excerpt,
  ReportContent,
  ScoredSequence,
  SpeechContent,
  WordErrorContent,
} from "../../src/report/content.ts";
import { normals } from "../baselines/generator.ts";

/** A random walk on a coarse grid with spikes, as telemetry has them. */
export function walk(seed: number, steps: number): number[] {
  const normal = normals(seed);
  let level = 20;
  return Array.from({ length: steps }, () => {
    level += 0.2 * (20 - level) + normal();
    return Math.round((level + (normal() > 2.5 ? 60 : 0)) * 10) / 10;
  });
}

export function excerptOf(name: string, steps: number, columns: number, seed = 1): Excerpt {
  return {
    name,
    times: Array.from({ length: steps }, (_, t) => t / 5),
    columns: Array.from({ length: columns }, (_, j) => ({
      name: `column ${j}`,
      unit: "ms",
      values: walk(seed * 100 + j, steps),
    })),
  };
}

export function rollOf(name: string, steps: number, columns = 88): Excerpt {
  return {
    name,
    material: "music",
    times: Array.from({ length: steps }, (_, t) => t),
    columns: Array.from({ length: columns }, (_, j) => ({
      name: String(21 + j),
      values: Array.from({ length: steps }, (_, t) => ((t + j * 3) % 31 === 0 ? 1 : 0)),
    })),
  };
}

export function scoredOf(name: string, steps: number, columns: number): ScoredSequence {
  const { times, columns: watched } = excerptOf(name, steps, columns, 7);
  return {
    name,
    times,
    score: walk(3, steps),
    threshold: 40,
    incidents: [
      { kind: "stall", start: 10, end: 15 },
      { kind: "flood", start: 30, end: 42 },
    ],
    events: [
      { start: 11, end: 16, reasons: ["column 1"] },
      { start: 60, end: 60.2, reasons: ["column 2", "column 0"] },
    ],
    topColumns: watched.map(({ name: column, values }) => ({
      name: column,
      values,
      expectedLow: values.map((value) => (value ?? 0) - 3),
      expectedHigh: values.map((value) => (value ?? 0) + 3),
    })),
  };
}

/** A report with every section. `call` changes the names that come from outside. */
export function fullContent(
  call: (name: string) => string = (name) => name,
  steps = 300,
  columns = 4,
): ReportContent {
  const renamed = (excerpt: Excerpt): Excerpt => ({
    ...excerpt,
    name: call(excerpt.name),
    columns: excerpt.columns.map((column) => ({ ...column, name: call(column.name), unit: call("ms") })),
  });
  const scored = scoredOf("test 1", steps, columns);
  return {
    title: call("A title"),
    subtitle: call("A subtitle"),
    facts: [
      { label: call("data"), value: call("a/path.csv") },
      { label: "parameters", value: 12345 },
    ],
    notes: [call("a note")],
    columns: [
      {
        name: call("column 0"),
        kind: call("real"),
        range: call("0 to 1"),
        missing: call("2 %"),
        resolution: call("0.1"),
      },
    ],
    excerpts: ["train", "train", "valid", "test"].map((split, i) => ({
      ...renamed(excerptOf(`recording ${i}`, steps, columns, i + 1)),
      split: call(split),
    })),
    history: walk(9, 12).map((value, i) => ({
      epoch: i + 1,
      train: -value,
      valid: -value - 1,
      kl: i / 10,
      reconstruction: -value + i / 10,
    })),
    baselines: [{ label: call("VAR"), natsPerStep: -40 }],
    comparison: [
      { name: call("VRNN"), natsPerStep: -20 },
      { name: call("VAR"), natsPerStep: -40 },
    ],
    perColumn: [{ name: call("column 0"), natsPerStep: -2 }],
    latents: [
      {
        name: call("recording 0"),
        times: scored.times,
        dimensions: [walk(4, steps), walk(5, steps)],
        kl: [1, 0.2],
      },
    ],
    samples: {
      real: renamed(excerptOf("real", 60, columns)),
      sampled: [renamed(excerptOf("sample 1", 60, columns, 2))],
    },
    detection: {
      sequences: [
        {
          ...scored,
          name: call(scored.name),
          incidents: scored.incidents.map((incident) => ({ ...incident, kind: call(incident.kind) })),
          events: scored.events.map((event) => ({ ...event, reasons: event.reasons.map(call) })),
          topColumns: scored.topColumns.map((column) => ({
            ...column,
            name: call(column.name),
            unit: call("ms"),
          })),
        },
      ],
      perKind: [{ kind: call("stall"), total: 2, found: 1, medianDelaySeconds: 1.2 }],
      precision: 0.5,
      recall: 0.5,
      falseAlarmsPerHour: 3,
    },
    reading: {
      unit: "character",
      split: call("valid"),
      tokens: [call("a"), call("b")].map((text, i) => ({ text, nats: 2.5 * i })),
      surprises: [{ before: call("a"), text: call("b"), expected: call("c"), nats: 2.5 }],
      shades: [1, 2],
      klShare: 0.25,
    },
    texts: { real: call("a real text"), sampled: [call("one"), call("another")] },
    speech: heardOf(call),
  };
}

/** What was heard of two utterances, with an error of each kind. */
export function heardOf(call: (name: string) => string = (name) => name): SpeechContent {
  const errors: WordErrorContent = {
    ...{ rate: 60, interval: [20, 90], words: 5, substitutions: 1, deletions: 1, insertions: 1 },
    ...{ utterances: 2, wrong: 1 },
  };
  const spectrum = {
    ...{ width: 4, values: Array.from({ length: 4 * 90 }, (_, i) => (i * 7) % 11), frameRate: 100 },
    ...{ centresHz: [90, 400, 1200, 3000], isSmooth: true },
  };
  const timed = (texts: readonly string[]) =>
    texts.map((text, i) => ({ text: call(text), start: 0.1 + i / 5, end: 0.16 + i / 5 }));
  return {
    ...{ source: call("the valid split"), symbols: "phones", heard: 2, of: 2, errors },
    speakers: [
      { speaker: call("theo"), ...errors },
      { speaker: call("lucas"), ...errors, rate: 0, interval: null },
    ],
    words: [{ word: call("NINE"), said: 2, missed: 1, wrongly: 0 }],
    confusions: [
      { said: call("NINE"), heard: call("FIVE"), count: 1 },
      { said: call("TWO"), count: 1 },
      { heard: call("OH"), count: 1 },
    ],
    utterances: [
      {
        ...{ name: call("7_theo_3"), speaker: call("theo"), spectrum, wav: "UklGRg==" },
        pairs: [
          { said: call("ONE"), heard: call("ONE") },
          { said: call("NINE"), heard: call("FIVE") },
          { said: call("TWO") },
          { heard: call("OH") },
        ],
        symbols: timed(["W", "AH", "N", "N"]),
        said: timed(["ONE", "NINE", "TWO"]),
        heard: timed(["ONE", "FIVE", "OH"]),
      },
      { name: call("quiet"), spectrum, heard: timed(["YES"]) },
    ],
  };
}
