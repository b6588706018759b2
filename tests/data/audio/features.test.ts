/** Features against librosa's, Kaldi's and scipy's published definitions, which a script computes with numpy. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { deltas } from "../../../src/data/audio/deltas.ts";
import { RealFft } from "../../../src/data/audio/fft.ts";
import { framesOf } from "../../../src/data/audio/frames.ts";
import { type FrontEndOptions, frontEnd } from "../../../src/data/audio/front-end.ts";
import { MEL_SCALES, type MelOptions, melFilters } from "../../../src/data/audio/mel.ts";
import { bandsOfCepstra, cosineTransform } from "../../../src/data/audio/mfcc.ts";
import { throughStage } from "../../../src/data/audio/stages.ts";
import { windowOf } from "../../../src/data/audio/windows.ts";
import { readFixture, relativeError } from "../../fixtures/fixture.ts";

const { tensors } = readFixture("audio/features");
const expected = (name: string) => tensors[name]!.data;
const signal = Float32Array.from(expected("signal"), (level) => level / 32_768);

/** The transform as its definition has it. */
function naive(samples: readonly number[], k: number): [number, number] {
  const terms = samples.map((x, n) => [(2 * Math.PI * k * n) / samples.length, x] as const);
  return [
    terms.reduce((sum, [angle, x]) => sum + x * Math.cos(angle), 0),
    terms.reduce((sum, [angle, x]) => sum - x * Math.sin(angle), 0),
  ];
}

describe("the Fourier transform", () => {
  const transform = (samples: readonly number[]) => {
    const fft = new RealFft(samples.length);
    const [re, im] = [new Float64Array(fft.bins), new Float64Array(fft.bins)];
    fft.forward(samples, re, im);
    return { fft, re, im };
  };

  test("is scipy's", () => {
    const { re, im } = transform(expected("scipy/fft-input"));
    expect(relativeError(re, expected("scipy/fft-re"))).toBeLessThan(1e-8);
    expect(relativeError(im, expected("scipy/fft-im"))).toBeLessThan(1e-8);
  });

  test("is its definition at every size, and its inverse takes it back", () => {
    const signals = fc
      .integer({ min: 1, max: 7 })
      .chain((log) =>
        fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 2 ** log, maxLength: 2 ** log }),
      );
    fc.assert(
      fc.property(signals, (samples) => {
        const { fft, re, im } = transform(samples);
        for (let k = 0; k < fft.bins; k++) {
          const [cos, sin] = naive(samples, k);
          expect(re[k]).toBeCloseTo(cos, 10);
          expect(im[k]).toBeCloseTo(sin, 10);
        }
        const back = new Float64Array(fft.size);
        fft.inverse(re, im, back);
        for (const [i, sample] of samples.entries()) expect(back[i]).toBeCloseTo(sample, 12);
      }),
    );
  });

  test.each([0, 1, 3, 100, -4, 2 ** 21, Number.NaN])("of %d samples is refused", (size) => {
    expect(() => new RealFft(size)).toThrow("give a power of two");
  });
});

/** Filters as a dense table, row by row. */
function dense(options: MelOptions): number[] {
  const { bands, bins, filters } = melFilters(options);
  const table = new Float64Array(bands * bins);
  for (const [band, { from, weights }] of filters.entries()) table.set(weights, band * bins + from);
  return [...table];
}

describe("bands", () => {
  test("are librosa's, and Kaldi's", () => {
    const librosa = dense({ rate: 16_000, fftSize: 512, bands: 40, scale: "slaney" });
    expect(relativeError(librosa, expected("librosa/mel-filters"))).toBeLessThan(1e-8);
    const kaldi = dense({ rate: 16_000, fftSize: 512, bands: 23, lowHz: 20, highHz: 7800 });
    expect(relativeError(kaldi, expected("kaldi/mel-filters"))).toBeLessThan(1e-8);
  });

  test.each(["slaney", "htk"] as const)("of %s know their middles", (scale) => {
    const { centresHz, filters } = melFilters({ rate: 16_000, fftSize: 4096, bands: 10, scale });
    for (const [band, { from, weights }] of filters.entries()) {
      const loudest = from + weights.indexOf(Math.max(...weights));
      expect(Math.abs((loudest * 16_000) / 4096 - centresHz[band]!)).toBeLessThan(16_000 / 4096);
    }
  });

  test.each(["slaney", "htk"] as const)("on the scale %s come back to where they were", (scale) => {
    for (const hertz of [0, 20, 999, 1000, 1001, 7600]) {
      const { toMel, toHertz } = MEL_SCALES[scale];
      expect(toHertz(toMel(hertz))).toBeCloseTo(hertz, 9);
    }
    expect(MEL_SCALES.htk.toMel(1000)).toBeCloseTo(1000, 0);
    expect(MEL_SCALES.slaney.toMel(1000)).toBeCloseTo(15, 12);
  });

  test("that cannot be are refused", () => {
    const of = (more: Partial<MelOptions>) => () =>
      melFilters({ rate: 8000, fftSize: 256, bands: 20, ...more });
    expect(of({ bands: 120 })).toThrow("no frequency of a transform of 256 falls into band 1 of 120");
    expect(of({ highHz: 5000 })).toThrow("bands from 0 to 5000 Hz cannot be heard at 8000 samples a second");
    expect(of({ lowHz: 3000, highHz: 2000 })).toThrow("the lower one first");
  });
});

test("windows are those of the books", () => {
  expect([...windowOf("hann", 4)].map((weight) => weight.toFixed(9))).toEqual(
    [0, 0.5, 1, 0.5].map((weight) => weight.toFixed(9)),
  );
  expect([...windowOf("hamming", 3)].map((weight) => weight.toFixed(2))).toEqual(["0.08", "1.00", "0.08"]);
  expect([...windowOf("rectangular", 2)]).toEqual([1, 1]);
  expect([...windowOf("povey", 1)]).toEqual([0]);
});

test("the cosine transform is scipy's, and a rotation", () => {
  const input = expected("scipy/fft-input");
  const rows = cosineTransform(16, 16);
  const product = (row: ArrayLike<number>, other: ArrayLike<number>) =>
    Array.from(row).reduce((sum, value, i) => sum + value * other[i]!, 0);
  expect(
    relativeError(
      rows.map((row) => product(row, input)),
      expected("scipy/dct"),
    ),
  ).toBeLessThan(1e-8);
  for (const [i, row] of rows.entries())
    for (const [j, other] of rows.entries()) expect(product(row, other)).toBeCloseTo(i === j ? 1 : 0, 12);
});

describe("features of a signal", () => {
  const kaldi: FrontEndOptions = { rate: 8000, bands: 23, window: "povey" };

  test.each([
    ["kaldi/log-mel", kaldi],
    ["kaldi/log-mel-hamming", { ...kaldi, window: "hamming" }],
    ["kaldi/mfcc", { ...kaldi, cepstra: 13, energy: true }],
    ["kaldi/mfcc-deltas", { ...kaldi, cepstra: 13, energy: true, deltas: 2 }],
    [
      "librosa/log-mel",
      {
        rate: 8000,
        windowSamples: 256,
        hopSamples: 80,
        edges: "centre",
        window: "hann",
        removeOffset: false,
        preEmphasis: 0,
        bands: 32,
        lowHz: 0,
        scale: "slaney",
      },
    ],
  ] as const)("are those of %s", (name, options) => {
    const { width, length, values } = frontEnd(options).features(signal);
    expect([length, width]).toEqual(tensors[name]!.shape);
    expect(relativeError(values, expected(name))).toBeLessThan(1e-6);
  });

  test("may have their energy before the bands", () => {
    const { width, values } = frontEnd({ ...kaldi, energy: true }).features(signal);
    expect(width).toBe(24);
    expect(values[0]).toBeCloseTo(expected("kaldi/mfcc")[0]!, 5);
    expect(values[1]).toBeCloseTo(expected("kaldi/log-mel")[0]!, 5);
  });

  test("of silence are finite, and dither lifts them", () => {
    const silence = new Float32Array(400);
    const quiet = frontEnd({ rate: 8000 }).features(silence).values;
    expect(quiet.every((value) => Math.abs(value - Math.log(1e-10)) < 1e-5)).toBe(true);
    const dithered = (seed: number) => frontEnd({ rate: 8000, dither: { seed } }).features(silence).values;
    const mean = dithered(1).reduce((sum, value) => sum + value, 0) / dithered(1).length;
    expect(mean).toBeGreaterThan(Math.log(1e-10) + 1);
    expect(dithered(1)).toEqual(dithered(1));
    expect(dithered(1)).not.toEqual(dithered(2));
  });
});

test("slopes of lines and parabolas are exact away from the ends", () => {
  const rows = framesOf(
    Float32Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 3 * (i / 2) : ((i - 1) / 2) ** 2)),
    2,
  );
  const { width, values } = throughStage(deltas({ order: 2 }), rows);
  expect(width).toBe(6);
  for (let t = 4; t < 16; t++) {
    const [line, parabola, slope, curve, none, two] = values.subarray(6 * t, 6 * t + 6);
    expect([line, parabola]).toEqual([3 * t, t * t]);
    expect(slope).toBeCloseTo(3, 5);
    expect(curve).toBeCloseTo(2 * t, 4);
    expect(none).toBeCloseTo(0, 5);
    expect(two).toBeCloseTo(2, 4);
  }
});

describe("bands out of cepstra", () => {
  const options = { rate: 16_000, bands: 20, lifter: 22 };
  const bands = frontEnd(options).features(signal);
  const back = (cepstra: number) =>
    bandsOfCepstra(frontEnd({ ...options, cepstra }).features(signal), { bands: 20, lifter: 22 });

  test("are the bands that all cepstra were made of", () => {
    const found = back(20);
    expect([found.width, found.length]).toEqual([20, bands.length]);
    expect(relativeError(found.values, Array.from(bands.values))).toBeLessThan(1e-5);
  });

  test("are smooth of fewer: the nearest bands that these cepstra can tell", () => {
    const found = back(6);
    const error = (other: Float32Array) =>
      other.reduce((sum, value, i) => sum + (value - bands.values[i]!) ** 2, 0);
    const rows = cosineTransform(6, 20);
    const least = error(found.values);
    for (const row of rows) {
      const moved = found.values.map((value, i) => value + 0.1 * row[i % 20]!);
      expect(error(moved)).toBeGreaterThan(least);
    }
  });
});
