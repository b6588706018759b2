import fc from "fast-check";
import { expect, test } from "vitest";
import { alignLabels, alignWords } from "../../../src/inference/speech/forced-alignment.ts";
import { errorOf } from "../../run/scratch.ts";
import { everyPath, readOff, someFrames } from "./every-path.ts";

const flat = (frames: readonly Float32Array[]): Float32Array =>
  Float32Array.from(frames.flatMap((frame) => [...frame]));

/** The path that an alignment tells. */
const pathOf = (
  spans: readonly { label: number; start: number; end: number }[],
  steps: number,
  blank: number,
) =>
  Array.from(
    { length: steps },
    (_, t) => spans.find(({ start, end }) => start <= t && t < end)?.label ?? blank,
  );

test("is the likeliest of all paths that read so", () => {
  const cases = fc.record({
    seed: fc.nat(1e6),
    steps: fc.integer({ min: 1, max: 6 }),
    blank: fc.constantFrom(0, 2),
    told: fc.array(fc.constantFrom(0, 1, 2), { maxLength: 4 }),
  });
  fc.assert(
    fc.property(cases, ({ seed, steps, blank, told }) => {
      const frames = someFrames(seed, steps, 3);
      const said = told.filter((label) => label !== blank);
      const paths = [...everyPath(frames)].filter(({ path }) => readOff(path, blank).join() === said.join());
      const align = () => alignLabels({ logProbs: flat(frames), labels: 3, blank }, said);
      if (paths.length === 0) {
        expect(errorOf(align)).toMatchObject({ code: "alignment/frames" });
        return;
      }
      const { spans, logProb } = align();
      const best = paths.reduce((a, b) => (b.nats > a.nats ? b : a));
      expect(logProb).toBeCloseTo(best.nats, 9);
      expect(pathOf(spans, steps, blank)).toEqual(best.path);
      expect(spans.map(({ label }) => label)).toEqual(said);
    }),
    { numRuns: 150 },
  );
});

test("tells words from their first unit to their last", () => {
  const path = [0, 1, 1, 0, 2, 0, 2, 2, 0, 1];
  const logProbs = flat(
    path.map((own) => Float32Array.from({ length: 3 }, (_, label) => Math.log(label === own ? 0.9 : 0.05))),
  );
  const words = [
    { word: "AB", labels: [1, 2] },
    { word: "B", labels: [2] },
    { word: "A", labels: [1] },
  ];
  expect(alignWords({ logProbs, labels: 3 }, words)).toEqual([
    { word: "AB", start: 1, end: 5 },
    { word: "B", start: 6, end: 8 },
    { word: "A", start: 9, end: 10 },
  ]);
});

test("refuses labels that cannot have been said", () => {
  const logProbs = new Float32Array(6);
  const refused = (act: () => unknown) => expect(errorOf(act)).toMatchObject({ code: "alignment/labels" });
  refused(() => alignLabels({ logProbs, labels: 3 }, [0]));
  refused(() => alignLabels({ logProbs, labels: 3 }, [3]));
  refused(() => alignWords({ logProbs, labels: 3 }, [{ word: "A", labels: [] }]));
});
