/** Draws from the likelier tokens alone, against sorting by hand. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { categoricalOver } from "../../src/distributions/categorical.ts";
import { type Truncation, truncated, truncatedEmission } from "../../src/distributions/truncated.ts";
import { scalar } from "../../src/graph/index.ts";
import { runGraph } from "../fixtures/run-graph.ts";

fc.configureGlobal({ seed: 1 });

/** Which of some logits are drawn from. */
async function kept(
  logits: readonly number[],
  temperature: number,
  truncation: Truncation,
): Promise<boolean[]> {
  const inputs = { logits: { shape: [1, logits.length], data: [...logits] } };
  const { left } = await runGraph(inputs, ({ logits: own }) => ({
    left: truncated(own!, scalar(temperature, "float64"), truncation),
  }));
  return Array.from(left!, (value) => value > -1e29);
}

/** The same by hand: the k likeliest, then the fewest of them that have the share p. */
function byHand(
  logits: readonly number[],
  temperature: number,
  { topK = logits.length, topP = 1 }: Truncation,
) {
  const order = [...logits.keys()].sort((a, b) => logits[b]! - logits[a]!).slice(0, topK);
  const weights = order.map((i) => Math.exp((logits[i]! - logits[order[0]!]!) / temperature));
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  let before = 0;
  const chosen = order.filter((_, place) => {
    const isKept = place === 0 || topP >= 1 || before < topP;
    before += weights[place]! / all;
    return isKept;
  });
  return [...logits.keys()].map((i) => chosen.includes(i));
}

test.each<[Truncation, boolean[]]>([
  [{}, [true, true, true, true]],
  [{ topK: 1 }, [false, true, false, false]],
  [{ topK: 2 }, [true, true, false, false]],
  [{ topK: 9 }, [true, true, true, true]],
  [{ topP: 0.6 }, [false, true, false, false]],
  [{ topP: 0.7 }, [true, true, false, false]],
  [{ topP: 0.95 }, [true, true, true, false]],
  [{ topP: 1e-9 }, [false, true, false, false]],
  [{ topK: 2, topP: 0.7 }, [false, true, false, false]],
])("of 0.2, 0.65, 0.1, 0.05 %j draws from %j", async (truncation, expected) => {
  expect(await kept([0.2, 0.65, 0.1, 0.05].map(Math.log), 1, truncation)).toEqual(expected);
});

test("what is drawn from is what sorting by hand leaves", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.integer({ min: -40, max: 40 }), { minLength: 2, maxLength: 12 }),
      fc.constantFrom(0.5, 1, 2),
      fc.option(fc.integer({ min: 1, max: 14 }), { nil: undefined }),
      fc.constantFrom(0.13, 0.37, 0.71, 0.93, 1),
      async (sizes, temperature, topK, topP) => {
        const logits = sizes.map((size) => size / 10);
        const truncation = { ...(topK && { topK }), topP };
        expect(await kept(logits, temperature, truncation)).toEqual(byHand(logits, temperature, truncation));
      },
    ),
    { numRuns: 60 },
  );
});

test("no draw leaves them, and they keep their proportions", async () => {
  const logits = [0.4, 0.3, 0.2, 0.1].map(Math.log);
  const emission = truncatedEmission(categoricalOver([0.25, 0.25, 0.25, 0.25]), { topK: 2 });
  const count = 700;
  const uniform = Array.from({ length: count }, (_, i) => (i + 0.5) / count);
  const { drawn } = await runGraph(
    { logits: { shape: [1, 4], data: logits }, uniform: { shape: [count, 1], data: uniform } },
    ({ logits: own, uniform: each }) => ({
      drawn: emission.sample(own!, { uniform: each!, normal: each! }, scalar(1, "float64")),
    }),
  );
  const counts = [0, 0, 0, 0];
  for (const level of Array.from(drawn!)) counts[level]! += 1;
  expect(counts).toEqual([400, 300, 0, 0]);
});
