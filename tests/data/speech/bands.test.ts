import fc from "fast-check";
import { expect, test } from "vitest";
import { framesOf } from "../../../src/data/audio/frames.ts";
import { perturbBands } from "../../../src/data/speech/bands.ts";
import { Random } from "../../../src/random/generator.ts";

const [WIDTH, LENGTH] = [5, 4];
const random = () => Random.stream(7, "bands");
const frames = () => {
  const generator = Random.stream(3, "frames");
  return framesOf(
    Float32Array.from({ length: LENGTH * WIDTH }, () => generator.normal()),
    WIDTH,
  );
};
const mean = [0.5, -1, 0, 2, 0.25];

test.each([undefined, 0, 22])("without warp and masks nothing changes (lifter: %s)", (lifter) => {
  const perturbed = frames();
  perturbBands(perturbed, { mean, lifter }, { warp: 0, maskBands: 0 }, random());
  frames().values.forEach((value, i) => {
    expect(perturbed.values[i]).toBeCloseTo(value, 5);
  });
});

/** The orthonormal cosine transform of a row, written out: [cepstra] of [bands], or back. */
const transformed = (row: readonly number[], way: "cepstra" | "bands") =>
  row.map((_, i) =>
    row.reduce((sum, value, j) => {
      const [k, n] = way === "cepstra" ? [i, j] : [j, i];
      const norm = Math.sqrt((k === 0 ? 1 : 2) / row.length);
      return sum + value * norm * Math.cos((Math.PI * k * (2 * n + 1)) / (2 * row.length));
    }, 0),
  );

test("cepstra change as the bands do that they are of, liftered or not", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1000 }), fc.constantFrom(0, 22), (seed, lifter) => {
      const weights = mean.map((_, k) =>
        lifter === 0 ? 1 : 1 + (lifter / 2) * Math.sin((Math.PI * k) / lifter),
      );
      const of = () => Random.stream(seed, "bands");
      const options = { warp: 0.2, maskBands: 3 };
      const cepstra = frames();
      perturbBands(cepstra, { mean, lifter }, options, of());
      // The same done to bands: those of what is left when the mean is taken away.
      const rows = Array.from({ length: LENGTH }, (_, t) =>
        [...frames().values.subarray(t * WIDTH, (t + 1) * WIDTH)].map(
          (value, d) => (value - mean[d]!) / weights[d]!,
        ),
      );
      const bands = framesOf(Float32Array.from(rows.flatMap((row) => transformed(row, "bands"))), WIDTH);
      perturbBands(bands, { mean: mean.map(() => 0) }, options, of());
      for (let t = 0; t < LENGTH; t++) {
        const back = transformed([...bands.values.subarray(t * WIDTH, (t + 1) * WIDTH)], "cepstra");
        back.forEach((value, d) => {
          expect(cepstra.values[t * WIDTH + d]).toBeCloseTo(value * weights[d]! + mean[d]!, 4);
        });
      }
    }),
    { numRuns: 25 },
  );
});

test("neighbouring bands, no more than were asked for, are at their mean in all frames alike", () => {
  const counts = new Set<number>();
  for (let seed = 0; seed < 40; seed++) {
    const perturbed = frames();
    perturbBands(perturbed, { mean }, { warp: 0, maskBands: 2 }, Random.stream(seed, "bands"));
    const left = mean.map((value, d) =>
      Array.from({ length: LENGTH }, (_, t) => perturbed.values[t * WIDTH + d] === Math.fround(value)).every(
        (is) => is,
      ),
    );
    const masked = left.flatMap((is, d) => (is ? [d] : []));
    counts.add(masked.length);
    expect(masked.length).toBeLessThanOrEqual(2);
    if (masked.length === 2) expect(masked[1]! - masked[0]!).toBe(1);
    frames().values.forEach((value, i) => {
      if (!left[i % WIDTH]) expect(perturbed.values[i]).toBeCloseTo(value, 5);
    });
  }
  expect([...counts].sort()).toEqual([0, 1, 2]);
});
