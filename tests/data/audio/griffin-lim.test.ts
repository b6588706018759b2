/** Sound out of magnitudes: how near its spectrogram comes to what was asked for. */
import { describe, expect, test } from "vitest";
import { griffinLim, spectralConvergence } from "../../../src/data/audio/griffin-lim.ts";
import { applyMel, melFilters } from "../../../src/data/audio/mel.ts";
import { magnitudesOfBands } from "../../../src/data/audio/mel-inverse.ts";
import { magnitudesOf, stftOf } from "../../../src/data/audio/stft.ts";
import { decodeWav } from "../../../src/data/audio/wav.ts";
import { Random } from "../../../src/random/generator.ts";
import { testWithSharedData } from "../../shared-data.ts";
import { spokenDigits } from "./recordings.ts";

const shape = { fftSize: 256, hop: 64 };
const transformer = stftOf(shape);
const noise = (length: number): Float32Array => {
  const samples = new Float32Array(length);
  Random.stream(3, "noise").fillNormal(samples);
  return samples;
};
const sines = Float32Array.from({ length: 4000 }, (_, n) =>
  [440, 1000, 2100].reduce((sum, hertz) => sum + 0.2 * Math.sin((2 * Math.PI * hertz * n) / 8000), 0),
);

/** How far the sound found is from the magnitudes of a sound. */
function convergence(samples: Float32Array, iterations: number, momentum = 0.99): number {
  const magnitudes = magnitudesOf(transformer.forward(samples));
  const found = griffinLim(magnitudes, { ...shape, iterations, momentum, length: samples.length });
  expect(found).toHaveLength(samples.length);
  return spectralConvergence(magnitudes, found, transformer);
}

describe("a spectrogram with its phases", () => {
  test.each([0, 1, 63, 64, 1000])("is taken back to its %i samples", (length) => {
    const samples = noise(length);
    const back = transformer.inverse(transformer.forward(samples), length);
    expect(back).toHaveLength(length);
    for (const [n, sample] of samples.entries()) expect(back[n]).toBeCloseTo(sample, 10);
  });

  test("has frames that overlap", () => {
    expect(() => stftOf({ fftSize: 256, hop: 129 })).toThrow("give at most 128");
    expect(() => stftOf({ fftSize: 256, hop: 0 })).toThrow("a hop in samples of 0");
  });
});

describe("magnitudes alone", () => {
  test("of sines become sound of nearly these magnitudes", () => {
    expect(convergence(sines, 100)).toBeLessThan(0.05);
  });

  test("come nearer with more iterations, and with momentum than without", () => {
    const [few, many] = [convergence(sines, 5), convergence(sines, 60)];
    expect(many).toBeLessThan(few / 2);
    expect(many).toBeLessThan(convergence(sines, 60, 0));
  });

  test("give the same sound of the same seed, as long as was asked", () => {
    const magnitudes = magnitudesOf(transformer.forward(sines.subarray(0, 640)));
    const of = (seed: number, length?: number) =>
      griffinLim(magnitudes, { ...shape, iterations: 3, seed, ...(length !== undefined && { length }) });
    expect(of(1)).toEqual(of(1));
    expect(of(1)).not.toEqual(of(2));
    expect([of(1), of(1, 700), of(1, 2000), of(1, 100)].map(({ length }) => length)).toEqual([
      640, 700, 2000, 100,
    ]);
  });

  test("of silence and of nothing are that", () => {
    expect(griffinLim(new Float64Array(129 * 3), shape)).toEqual(new Float32Array(128));
    expect(griffinLim(new Float64Array(), shape)).toEqual(new Float32Array());
  });

  test("that cannot be are refused with their place", () => {
    const odd = (value: number) => () => griffinLim(new Float64Array(258).fill(value, 130, 131), shape);
    expect(odd(-1)).toThrow("frame 2, frequency 1 has a magnitude of -1");
    expect(odd(Number.NaN)).toThrow("frame 2, frequency 1 has a magnitude of NaN");
    expect(() => griffinLim(new Float64Array(100), shape)).toThrow("100 magnitudes are no rows of 129");
    expect(() => griffinLim(new Float64Array(129), { ...shape, momentum: 1 })).toThrow("a momentum of 1");
  });
});

/** The energies of a sound's bands. */
function bandsOf(samples: Float32Array, filters: ReturnType<typeof melFilters>): Float64Array {
  const power = magnitudesOf(transformer.forward(samples)).map((value) => value ** 2);
  const frames = power.length / filters.bins;
  const bands = new Float64Array(frames * filters.bands);
  for (let t = 0; t < frames; t++)
    applyMel(
      filters,
      power.subarray(t * filters.bins, (t + 1) * filters.bins),
      bands.subarray(t * filters.bands, (t + 1) * filters.bands),
    );
  return bands;
}

/** ‖a - b‖ / ‖a‖. */
const distance = (a: Float64Array, b: Float64Array): number =>
  Math.sqrt(a.reduce((sum, x, i) => sum + (x - b[i]!) ** 2, 0) / a.reduce((sum, x) => sum + x * x, 0));

test("bands become magnitudes that have these bands, none below 0", () => {
  const filters = melFilters({ rate: 8000, fftSize: 256, bands: 30 });
  const bands = bandsOf(noise(1000), filters);
  const magnitudes = magnitudesOfBands(bands, filters);
  expect(magnitudes.every((value) => value >= 0)).toBe(true);
  const power = magnitudes.map((value) => value ** 2);
  const again = new Float64Array(bands.length);
  for (let t = 0; t < bands.length / 30; t++)
    applyMel(filters, power.subarray(t * 129, (t + 1) * 129), again.subarray(t * 30, (t + 1) * 30));
  expect(distance(bands, again)).toBeLessThan(0.02);
});

testWithSharedData(
  "a spoken digit comes back from its magnitudes to 0.15, and from 40 bands to 0.4",
  (folder) => {
    const { channels } = decodeWav(
      spokenDigits(folder).get("recordings/7_jackson_0.wav")!,
      "7_jackson_0.wav",
    );
    const samples = channels[0]!;
    const plain = convergence(samples, 60);
    const filters = melFilters({ rate: 8000, fftSize: 256, bands: 40 });
    const magnitudes = magnitudesOf(transformer.forward(samples));
    const found = griffinLim(magnitudesOfBands(bandsOf(samples, filters), filters), {
      ...shape,
      length: samples.length,
    });
    const ofBands = spectralConvergence(magnitudes, found, transformer);
    expect(plain).toBeLessThan(0.15);
    expect(ofBands).toBeLessThan(0.4);
  },
);
