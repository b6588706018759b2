import { describe, expect, test } from "vitest";
import { learnedLabels } from "../../src/calibration/label-calibration.ts";
import { confidenceOf, oddestOf, oddnessOf, usualOf } from "../../src/calibration/outsiders.ts";
import { fittedTemperature, tempered } from "../../src/calibration/temperature.ts";
import { auroc } from "../../src/metrics/auroc.ts";
import type { ToldLabel } from "../../src/metrics/classes.ts";
import { Random } from "../../src/random/generator.ts";

/** Labels drawn by three scores each, which are then told `scale` times as far apart. */
function overtold(scale: number, count = 4000): ToldLabel[] {
  const random = Random.stream(5, "labels");
  return Array.from({ length: count }, () => {
    const scores = [random.normal(), random.normal(), random.normal()].map((each) => 2 * each);
    const odds = tempered(scores, 1).map(Math.exp);
    const drawn = random.uniform();
    const label = drawn < odds[0]! ? 0 : drawn < odds[0]! + odds[1]! ? 1 : 2;
    return { label, logProb: tempered(scores, 1 / scale) };
  });
}

/** What the temperature makes least: the nats of all labels, and what holds it towards 1. */
const lossAt = (told: readonly ToldLabel[], temperature: number) =>
  5 * Math.log(temperature) ** 2 -
  told.reduce((all, { label, logProb }) => all + tempered(logProb, temperature)[label]!, 0);

describe("the temperature of probabilities", () => {
  test("finds again by how much they were told too far apart, or too near", () => {
    expect(fittedTemperature(overtold(3))).toBeCloseTo(3, 0);
    expect(fittedTemperature(overtold(0.5))).toBeCloseTo(0.5, 1);
  });

  test("is where no other is better", () => {
    const told = overtold(3, 500);
    const best = fittedTemperature(told);
    for (const other of [0.5, 0.9, 1.1, 2])
      expect(lossAt(told, best)).toBeLessThan(lossAt(told, best * other));
  });

  test("keeps what is likeliest, adds up to 1, and is 1 of nothing", () => {
    const own = tempered([Math.log(0.9), Math.log(0.1)], 2);
    expect(own.map(Math.exp).reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    expect(Math.exp(own[0]!)).toBeCloseTo(0.75, 12); // √.9 / (√.9 + √.1)
    expect(fittedTemperature([])).toBe(1);
    const impossible = [{ label: 0, logProb: [Number.NEGATIVE_INFINITY, 0] }];
    expect(Number.isFinite(fittedTemperature(impossible))).toBe(true);
  });
});

test("a few labels that are all right make nobody sure beyond measure, and too few say nothing of what is usual", () => {
  const sure = Array.from({ length: 50 }, (_, i) => ({
    label: i % 2,
    logProb: [i % 2, 1 - (i % 2)].map((wrong) => Math.log(wrong ? 0.1 : 0.9)),
  }));
  const temperature = fittedTemperature(sure);
  expect(temperature).toBeGreaterThan(0.2);
  expect(temperature).toBeLessThan(1);
  const wrong = sure.map(({ label, logProb }) => ({ label: 1 - label, logProb }));
  expect(fittedTemperature(wrong)).toBeGreaterThan(3);
  const few = sure.slice(0, 5).map((each) => ({ ...each, nats: -3 }));
  expect(learnedLabels(few).insiders).toBeUndefined();
  const broken = sure.map((each, i) => ({ ...each, nats: i === 7 ? Number.NaN : -3 - (i % 3) }));
  expect(Number.isFinite(learnedLabels(broken).insiders!.nats.deviation)).toBe(true);
});

describe("what is of none of the labels", () => {
  const random = Random.stream(7, "usual");
  const seen = Array.from({ length: 1000 }, () => ({
    confidence: 3 + random.normal(),
    nats: -4 + 0.5 * random.normal(),
  }));
  const usual = usualOf(seen);

  test("is told by deviations from what is usual", () => {
    expect(usual.confidence.mean).toBeCloseTo(3, 0);
    expect(oddnessOf({ confidence: usual.confidence.mean, nats: usual.nats.mean }, usual)).toBeCloseTo(0, 9);
    const { mean, deviation } = usual.nats;
    expect(oddnessOf({ confidence: usual.confidence.mean, nats: mean - 2 * deviation }, usual)).toBeCloseTo(
      2,
      9,
    );
  });

  test("a limit for a share of the usual is exceeded by that share", () => {
    for (const share of [0.01, 0.05, 0.5]) {
      const limit = oddestOf(usual, share);
      const odd = seen.filter((each) => oddnessOf(each, usual) > limit).length;
      expect(odd / seen.length).toBeCloseTo(share, 2);
    }
  });

  test("strangers, which are less sure and less likely, stand out", () => {
    const strangers = Array.from({ length: 300 }, () => ({
      confidence: 1 + random.normal(),
      nats: -5 + 0.5 * random.normal(),
    }));
    const all = [...seen, ...strangers];
    const isStrange = all.map((_, i) => i >= seen.length);
    const joint = auroc(
      all.map((each) => oddnessOf(each, usual)),
      isStrange,
    );
    const byNats = auroc(
      all.map(({ nats }) => -nats),
      isStrange,
    );
    expect(joint).toBeGreaterThan(0.95); // two independent signs of 2 deviations each: Φ(4/2)
    expect(joint).toBeGreaterThan(byNats);
  });

  test("confidence is the log-odds of the likeliest", () => {
    expect(confidenceOf([Math.log(0.2), Math.log(0.8)])).toBeCloseTo(Math.log(4), 12);
    expect(Number.isFinite(confidenceOf([0, Number.NEGATIVE_INFINITY]))).toBe(true);
  });

  test("is learned of probabilities that are put right", () => {
    const told = overtold(3, 300).map((each, i) => ({ ...each, nats: -4 - (i % 5) }));
    const { temperature, insiders } = learnedLabels(told);
    const [first] = told as [(typeof told)[number]];
    expect(temperature).toBeCloseTo(fittedTemperature(told), 9);
    const all = told.map(({ logProb }) => confidenceOf(tempered(logProb, temperature)));
    expect(insiders!.confidence.mean).toBeCloseTo(all.reduce((a, b) => a + b) / all.length, 9);
    expect(first.nats).toBe(-4);
    expect(insiders!.nats.mean).toBeCloseTo(-6, 9);
  });
});
