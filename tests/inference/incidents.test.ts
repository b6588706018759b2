import { describe, expect, test } from "vitest";
import { entryScores } from "../../src/anomaly/entry-scores.ts";
import {
  cleanNatsPerStep,
  cleanSteps,
  type Labelled,
  RECOVERY_SECONDS,
  studyIncidents,
} from "../../src/anomaly/incidents.ts";
import type { Sequence } from "../../src/data/dataset.ts";
import type { SequenceScores } from "../../src/inference/score.ts";
import { normals } from "../baselines/generator.ts";
import { mixed } from "./columns.ts";

const RATE = 5;

/** A sequence of one column at 5 Hz with the given scores; `quiet` entries are missing. */
function labelled(
  nats: readonly number[],
  incidents: Labelled["incidents"] = [],
  quiet: readonly number[] = [],
): Labelled {
  const length = nats.length;
  const values = Float64Array.from({ length }, (_, t) => (quiet.includes(t) ? Number.NaN : 1));
  const times = Float64Array.from({ length }, (_, t) => t / RATE);
  const zeros = new Float64Array(length);
  const sequence: Sequence = { name: "a", length, values, times };
  const logLikelihood = Float64Array.from(nats, (value, t) => (quiet.includes(t) ? 0 : value));
  const scores: SequenceScores = {
    name: "a",
    length,
    times,
    total: logLikelihood,
    logLikelihood,
    kl: zeros,
    latent: zeros,
    emissionMean: zeros,
  };
  return { sequence, scores, incidents };
}

describe("clean steps", () => {
  const { sequence } = labelled(Array(100).fill(-1));
  const incident = { kind: "stall", start: 4, end: 8 };

  test("an incident and its recovery are left out, to the step", () => {
    const steps = cleanSteps(sequence, [incident]);
    expect(steps[19]).toBe(19);
    expect(steps[20]).toBe((8 + RECOVERY_SECONDS) * RATE + 1);
    expect(steps).toHaveLength(20 + 100 - ((8 + RECOVERY_SECONDS) * RATE + 1));
    expect(cleanSteps(sequence, [])).toHaveLength(100);
  });

  test("nats are pooled over them alone", () => {
    const nats = Array.from({ length: 100 }, (_, t) =>
      t >= 20 && t <= (8 + RECOVERY_SECONDS) * RATE ? -1000 : -2,
    );
    const disturbed = labelled(nats, [incident]);
    const calm = labelled(Array(46).fill(-5));
    expect(cleanNatsPerStep([disturbed], ({ scores }) => scores.total)).toBe(-2);
    const steps = cleanSteps(disturbed.sequence, [incident]).length;
    expect(cleanNatsPerStep([disturbed, calm], ({ scores }) => scores.total)).toBeCloseTo(
      (-2 * steps - 5 * 46) / (steps + 46),
      12,
    );
  });
});

test("entry scores are negative nats, NaN where missing, and the divergence is a column of its own", () => {
  const one = labelled([-1, -2, -3], [], [1]);
  const { values, times } = entryScores({
    ...one,
    scores: { ...one.scores, kl: Float64Array.of(0.1, 0.2, 0.3) },
  });
  expect([...values]).toEqual([1, 0.1, Number.NaN, 0.2, 3, 0.3]);
  expect([...times]).toEqual([0, 0.2, 0.4]);
});

test("a study finds what is unlikely and what falls silent, and judges by the labels alone", () => {
  const noise = normals(1);
  const usual = (length: number) => Array.from({ length }, () => -(noise() ** 2) / 2);
  const clean = [labelled(usual(3000)), labelled(usual(3000))];
  const unlikely = usual(600).map((nats, t) => (t >= 250 && t < 300 ? nats - 30 : nats));
  const silent = Array.from({ length: 40 }, (_, i) => 400 + i);
  const incidents = [
    { kind: "odd", start: 50, end: 60 },
    { kind: "silent", start: 80, end: 88 },
  ];
  const flagged = [labelled(unlikely, incidents, silent)];
  const { quality, detector, detections } = studyIncidents([mixed[0]!], clean, flagged);
  expect(quality).toMatchObject({ total: 2, found: 2, precision: 1, recall: 1 });
  expect(quality.kinds["silent"]!.medianDelaySeconds).toBeLessThan(2);
  const unlabelled = studyIncidents([mixed[0]!], clean, [{ ...flagged[0]!, incidents: [] }]);
  expect(unlabelled.detector).toEqual(detector);
  expect(unlabelled.detections).toEqual(detections);
});
