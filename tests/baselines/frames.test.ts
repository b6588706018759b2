/** Rules for frames: against counts by hand, and as probabilities. */
import { describe, expect, test } from "vitest";
import { frameRules } from "../../src/baselines/frames.ts";
import { total } from "../../src/collections.ts";

describe("in black and white", () => {
  const clips = [Uint8Array.of(0, 1, 0, 1, 1, 0), Uint8Array.of(1, 0, 1, 0, 1, 0)]; // two pixels, three frames
  const { alone, copy } = frameRules(clips, { pixels: 2, levels: 2 });
  const log = Math.log;

  test("each pixel is told by its own share, half a count of either kind ahead", () => {
    // The first pixel is on 4 times of 6, the second 2.
    const expected = [log(4.5 / 7), log(1 - 2.5 / 7)];
    expect(total(alone(Uint8Array.of(1, 0)))).toBeCloseTo(expected[0]! + expected[1]!, 12);
  });

  test("what stood there before tells what comes, pixel by pixel", () => {
    // The first pixel: after 0 it was 0 and 1, after 1 twice 1; the second: after 1 it was 1 and 0, after 0 twice 0.
    const [first, second] = copy(Uint8Array.of(1, 0, 1, 0));
    expect(first).toBeCloseTo(total(alone(Uint8Array.of(1, 0))), 12);
    expect(second).toBeCloseTo(log(2.5 / 3) + log(2.5 / 3), 12);
  });
});

test.each([2, 4])(
  "all clips of two frames of one pixel with %i levels have probabilities that sum to one",
  (levels) => {
    const { alone, copy } = frameRules([Uint8Array.of(0, 1, 1, 0, 1)], { pixels: 1, levels });
    const all = Array.from({ length: levels ** 2 }, (_, i) => [Math.floor(i / levels), i % levels]);
    for (const rule of [alone, copy]) {
      const mass = all.reduce((sum, clip) => sum + Math.exp(total(rule(clip))), 0);
      expect(mass).toBeCloseTo(1, 12);
    }
  },
);

test("of many levels what follows is counted over all pixels together", () => {
  const { copy } = frameRules([Uint8Array.of(7, 9, 9, 7)], { pixels: 2, levels: 256 });
  // After 7 came 9 at the first pixel; the second has never been 7, and is told the same.
  const after = Math.log((1 + 1 / 256) / 2);
  expect(copy(Uint8Array.of(7, 7, 9, 9))[1]).toBeCloseTo(2 * after, 12);
});
