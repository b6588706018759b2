import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { columnOf } from "../../../src/data/tables/statistics.ts";
import { AcousticModel } from "../../../src/inference/speech/acoustic-model.ts";
import { modelFamilies } from "../../../src/models/families.ts";
import { Random } from "../../../src/random/generator.ts";
import { nodeRuntime } from "../../../src/runtime/node.ts";
import { initialWeights } from "../../../src/train/weights.ts";

const [WIDTH, STEPS] = [4, 23];
const columns = Array.from({ length: WIDTH }, (_, d) =>
  columnOf({ name: `f${d}`, kind: "real", levels: [], resolution: 0 }, [-1, 0, 1]),
);
const symbols = (tokens: readonly string[]) =>
  ({ kind: "tokens", role: "label", axis: "S", vocabulary: { unit: "characters", tokens } }) as const;
const fields = {
  x: { kind: "columns", role: "target", axis: "T", columns },
  phones: symbols(["a", "b"]),
  letters: symbols(["x", "y", "z"]),
} as const;
const transcripts = { phones: 6, letters: 7 };
const options = { hidden: 8, latent: 3, encoder: 10, encoderLayers: 2 };
const build = (hears: string) =>
  modelFamilies.recognise.build({ columns, transcripts }, { ...options, hears });

const random = Random.stream(1, "speech");
const steps = Float64Array.from({ length: STEPS * WIDTH }, () => random.normal());

describe("pieces of any sizes are heard as the whole", () => {
  const model = build("past");
  const weights = initialWeights(model.parameters, 3);
  let acoustic: AcousticModel;
  beforeAll(async () => {
    acoustic = await AcousticModel.open({ runtime: nodeRuntime(), model, weights, fields });
  });
  afterAll(() => acoustic.close());

  test("logits and nats, to 1e-5", async () => {
    acoustic.rest();
    const whole = await acoustic.hear(steps);
    expect(whole.logProb["phones"]).toHaveLength(STEPS * transcripts.phones);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 12 }),
        async (sizes) => {
          acoustic.rest();
          const [phones, nats]: [number[], number[]] = [[], []];
          for (let at = 0, i = 0; at < STEPS; i++) {
            const size = Math.min(sizes[i % sizes.length]!, STEPS - at);
            const heard = await acoustic.hear(steps.subarray(at * WIDTH, (at + size) * WIDTH));
            phones.push(...heard.logProb["phones"]!);
            nats.push(...heard.nats);
            at += size;
          }
          const off = phones.map((value, i) => Math.abs(value - whole.logProb["phones"]![i]!));
          expect(Math.max(...off)).toBeLessThan(1e-5);
          expect(Math.max(...nats.map((value, i) => Math.abs(value - whole.nats[i]!)))).toBeLessThan(1e-4);
        },
      ),
      { numRuns: 20 },
    );
  });

  test("what comes later changes nothing of what was heard", async () => {
    acoustic.rest();
    const whole = await acoustic.hear(steps);
    acoustic.rest();
    const other = steps.slice();
    other.fill(9, 12 * WIDTH);
    const changed = await acoustic.hear(other);
    const before = 12 * transcripts.letters;
    expect(changed.logProb["letters"]!.subarray(0, before)).toEqual(
      whole.logProb["letters"]!.subarray(0, before),
    );
    expect(changed.logProb["letters"]!.subarray(before)).not.toEqual(
      whole.logProb["letters"]!.subarray(before),
    );
  });

  test("every step's levels sum to 1", async () => {
    acoustic.rest();
    const { logProb } = await acoustic.hear(steps);
    for (let t = 0; t < STEPS; t++) {
      const own = logProb["letters"]!.subarray(t * transcripts.letters, (t + 1) * transcripts.letters);
      expect(own.reduce((sum, value) => sum + Math.exp(value), 0)).toBeCloseTo(1, 5);
    }
  });
});

test("a model that hears the whole utterance says that it cannot follow live speech", async () => {
  const model = build("both");
  const weights = initialWeights(model.parameters, 3);
  const acoustic = await AcousticModel.open({ runtime: nodeRuntime(), model, weights, fields });
  expect(acoustic.isCausal).toBe(false);
  const first = await acoustic.hear(steps);
  const again = await acoustic.hear(steps);
  expect(again.logProb["phones"]).toEqual(first.logProb["phones"]);
  await acoustic.close();
});
