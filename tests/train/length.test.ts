/** How long an epoch is, by what training goes over. */
import { expect, test } from "vitest";
import { updatesPerEpoch } from "../../src/train/length.ts";

const options = { batchSize: 4, window: 100 };
const captions = Array.from({ length: 40 }, (_, i) => ({
  name: `${i}`,
  length: 8,
  group: `picture ${Math.floor(i / 5)}`,
}));

test("an epoch counts one sequence of each group, as training draws one", () => {
  expect(updatesPerEpoch(captions, options)).toBe(2); // eight pictures, and not 40 captions
  const alone = captions.map(({ group: _, ...each }) => each);
  expect(updatesPerEpoch(alone, options)).toBe(10);
});
