import fc from "fast-check";
import { expect, test } from "vitest";
import { BestPath, bestPath, likeliestLabel } from "../../../src/inference/speech/greedy.ts";
import { readOff } from "./every-path.ts";

/** Frames whose likeliest labels are those of a path, `[T, K]`. */
const framesOf = (path: readonly number[], labels: number): Float32Array =>
  Float32Array.from(path.flatMap((own) => Array.from({ length: labels }, (_, k) => (k === own ? -0.1 : -3))));

test("labels are those of the likeliest path, repeats once and blanks left out, at once or frame by frame", () => {
  const paths = fc.array(fc.nat(3), { maxLength: 20 });
  fc.assert(
    fc.property(paths, fc.constantFrom(0, 2), (path, blank) => {
      const frames = framesOf(path, 4);
      const spans = bestPath(frames, 4, blank);
      expect(spans.map(({ label }) => label)).toEqual(readOff(path, blank));
      const onPath = path.map(
        (_, t) => spans.find(({ start, end }) => start <= t && t < end)?.label ?? blank,
      );
      expect(onPath).toEqual(path);
      const live = new BestPath(blank);
      const told = path.flatMap((_, t) => live.push(frames.subarray(4 * t, 4 * t + 4)) ?? []);
      expect(told).toEqual(readOff(path, blank));
    }),
  );
});

test("of labels that are equally likely the first is taken", () => {
  expect(likeliestLabel([-2, -1, -1])).toBe(1);
});
