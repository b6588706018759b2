/** Other channels and other rates: against exact sines, and against scipy's resampler. */
import { describe, expect, test } from "vitest";
import { oneChannel } from "../../../src/data/audio/mix.ts";
import { resample } from "../../../src/data/audio/resample.ts";
import { readFixture, relativeError } from "../../fixtures/fixture.ts";

const sine = (hertz: number, rate: number, length: number): Float32Array =>
  Float32Array.from({ length }, (_, n) => Math.sin((2 * Math.PI * hertz * n) / rate));

/** How far samples are from what they should be, in dB below it, edges left aside. */
function errorInDb(actual: Float32Array, expected: Float32Array, margin: number): number {
  let [error, energy] = [0, 0];
  for (let i = margin; i < expected.length - margin; i++) {
    error += (actual[i]! - expected[i]!) ** 2;
    energy += expected[i]! ** 2;
  }
  return 10 * Math.log10(error / energy);
}

describe("resampling", () => {
  test.each([
    [8000, 16_000, 3000],
    [16_000, 8000, 3000],
    [44_100, 16_000, 7000],
    [44_100, 48_000, 18_000],
    [48_000, 44_100, 18_000],
    [11_025, 8000, 440],
    [8000, 7999, 1000],
    [44_101, 8009, 2500],
  ])("from %i to %i Hz keeps a sine of %i Hz to 90 dB", (from, to, hertz) => {
    const length = Math.round(from / 4);
    const actual = resample(sine(hertz, from, length), from, to);
    expect(actual).toHaveLength(Math.ceil((length * to) / from));
    const margin = Math.ceil((70 * to) / Math.min(from, to));
    expect(errorInDb(actual, sine(hertz, to, actual.length), margin)).toBeLessThan(-90);
  });

  test("what the lower rate cannot hold is 90 dB weaker", () => {
    const actual = resample(sine(4200, 16_000, 8000), 16_000, 8000);
    const rest =
      actual.subarray(100, -100).reduce((sum, sample) => sum + sample ** 2, 0) / (actual.length - 200);
    expect(10 * Math.log10(rest / 0.5)).toBeLessThan(-90);
  });

  test("a constant stays one, nothing stays nothing, and an equal rate changes nothing", () => {
    const constant = resample(new Float32Array(1000).fill(0.25), 44_100, 16_000);
    for (const sample of constant.subarray(70, -70)) expect(sample).toBeCloseTo(0.25, 7);
    expect(resample(new Float32Array(), 8000, 16_000)).toEqual(new Float32Array());
    const samples = Float32Array.of(1, 2);
    expect(resample(samples, 8000, 8000)).toBe(samples);
  });

  test.each([0, 0.5, -1, Number.NaN])("a rate of %d is refused", (rate) => {
    expect(() => resample(new Float32Array(1), 8000, rate)).toThrow(
      `a rate of ${rate} samples a second cannot be used (give a whole number of Hz above 0)`,
    );
  });

  test.each([
    [3, 2],
    [147, 160],
  ])("by %i / %i it is near scipy's, whose filter is shorter", (up, down) => {
    const { tensors } = readFixture("audio/features");
    const samples = Float32Array.from(tensors["signal"]!.data, (level) => level / 32_768);
    const expected = tensors[`scipy/resample-${up}-${down}`]!.data;
    const actual = resample(samples, 8000 * down, 8000 * up);
    const margin = 100;
    const inner = (values: ArrayLike<number>) => Array.from(values).slice(margin, -margin);
    expect(actual).toHaveLength(expected.length);
    expect(relativeError(inner(actual), inner(expected))).toBeLessThan(0.01);
  });
});

describe("one channel", () => {
  const sound = { rate: 8000, channels: [Float32Array.of(1, 0), Float32Array.of(0, -0.5)] };

  test("is the mean of all, or one of them", () => {
    expect(oneChannel(sound)).toEqual(Float32Array.of(0.5, -0.25));
    expect(oneChannel(sound, 2)).toBe(sound.channels[1]);
    expect(oneChannel({ rate: 1, channels: [sound.channels[0]!] })).toBe(sound.channels[0]);
  });

  test.each([0, 3, 1.5])("%d is none of two", (channel) => {
    expect(() => oneChannel(sound, channel, "a.wav")).toThrow(
      `a.wav: there is no channel ${channel} (it has 2 channels, counted from 1)`,
    );
  });
});
