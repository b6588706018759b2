import { describe, expect, test, vi } from "vitest";
import { EncoderDecoder } from "../../examples/models/encoder-decoder.ts";
import { type LatentFamilyName, latentFamilies } from "../../src/distributions/latent/families.ts";
import { BeamSearcher, beamSearch } from "../../src/inference/beam.ts";
import type { Model } from "../../src/models/model.ts";
import { Vrnn, type VrnnOptions } from "../../src/models/vrnn/vrnn.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { initialWeights } from "../../src/train/weights.ts";
import { plainColumn } from "../data/temporary.ts";
import { everyText, RESERVED, scored, sourceIn, sourcesIn } from "./every-text.ts";

vi.mock("vrnn", () => import("../../src/index.ts")); // the example imports what is built

const runtime = nodeRuntime();

const modelOf = (tokens: number, options: Partial<VrnnOptions> = {}) =>
  new Vrnn({
    ...{ tokens: RESERVED + tokens, embedding: 3, tied: false, hidden: 6, latent: 0 },
    ...options,
  });

const weightsOf = ({ parameters }: Model, seed: number) =>
  initialWeights(parameters, seed).map((weight) => 4 * weight);

/** Weights whose posterior is the prior: its correction of the prior's mean is 0. */
function withoutCorrection({ parameters }: Model, weights: Float32Array): Float32Array {
  const own = weights.slice();
  let at = 0;
  for (const { name, shape } of parameters) {
    const end = at + shape.reduce((all, size) => all * size, 1);
    if (name.startsWith("posterior.out.")) own.fill(0, at, end);
    at = end;
  }
  return own;
}

describe.each([
  [2, 3],
  [4, 2],
  [5, 2],
  [3, 2],
  [2, 1],
])("a width of V^steps over %i tokens and at most %i steps", (tokens, steps) => {
  test.each([1, 2, 3])("finds what exhaustive search finds (weights %i)", async (seed) => {
    const cell = seed === 2 ? "lstm" : "gru";
    const model = modelOf(tokens, { cell, initial: seed === 3 ? "learned" : "zero" });
    const weights = weightsOf(model, seed);
    const all = await scored(model, weights, everyText(tokens, steps));
    const width = tokens ** steps;
    const exhaustive = all.toSorted((a, b) => b.logProbability - a.logProbability).slice(0, width);
    const found = await beamSearch({ runtime, model, weights, width, steps });
    expect(found).toHaveLength(exhaustive.length);
    found.forEach(({ ids, logProbability }, place) => {
      expect(ids).toEqual(exhaustive[place]!.ids);
      expect(logProbability).toBeCloseTo(exhaustive[place]!.logProbability, 4);
    });
  });
});

describe.each([true, false])("texts that answer a source (attention: %s)", (attends) => {
  const model = new EncoderDecoder({ tokens: RESERVED + 3, hidden: 6, attends }) as unknown as Model;
  const settings = { runtime, model, weights: weightsOf(model, 2), width: 5, steps: 3 };

  test.each([[[4, 6, 5, 5]], [[6]], [[5, 4]]])(
    "%j are those that exhaustive search finds",
    async (source) => {
      const texts = everyText(3, 3);
      const all = await scored(model, settings.weights, texts, sourceIn(source, texts.length));
      const exhaustive = all.toSorted((a, b) => b.logProbability - a.logProbability);
      const found = await beamSearch({ ...settings, width: 27, known: sourceIn(source, 1) });
      expect(found).toHaveLength(27);
      found.forEach(({ ids, logProbability }, place) => {
        const { logProbability: expected, ids: wanted } = exhaustive[place]!;
        expect(ids).toEqual(wanted);
        expect(logProbability).toBeCloseTo(expected, 4);
      });
    },
  );

  test("depend on the source, which has to be given", async () => {
    const [one, other] = await Promise.all(
      [[4, 6, 5, 5], [6]].map((source) => beamSearch({ ...settings, known: sourceIn(source, 1) })),
    );
    expect(one![0]!.logProbability).not.toBeCloseTo(other![0]!.logProbability, 3);
    await expect(beamSearch(settings)).rejects.toMatchObject({ code: "beam/known" });
  });
});

test("a width of 1 takes the likeliest token after the other, as long as none can end better", async () => {
  const model = modelOf(6);
  const weights = weightsOf(model, 5);
  const [found] = await beamSearch({ runtime, model, weights, width: 1, steps: 4 });
  let ids: number[] = [];
  const ends: Awaited<ReturnType<typeof scored>> = [];
  for (let step = 0; step <= 4; step++) {
    const next = Array.from({ length: 6 }, (_, token) => ({
      ids: [...ids, RESERVED + token],
      isEnded: false,
    }));
    ends.push(...(await scored(model, weights, [{ ids, isEnded: true }])));
    const options = await scored(model, weights, next);
    const best = options.reduce((a, b) => (a.logProbability >= b.logProbability ? a : b));
    ids = [...best.ids];
  }
  const greedy = ends.reduce((a, b) => (a.logProbability >= b.logProbability ? a : b));
  expect(found!.ids).toEqual(greedy.ids);
  expect(found!.logProbability).toBeCloseTo(greedy.logProbability, 4);
});

test("latent variables stand at the means of their priors: the same texts whenever it is asked", async () => {
  const model = modelOf(5, { latent: 2 });
  const settings = { runtime, model, weights: weightsOf(model, 1), width: 3, steps: 5 };
  const found = await beamSearch(settings);
  expect(found).toHaveLength(3);
  expect(await beamSearch(settings)).toEqual(found);
});

const families = Object.keys(latentFamilies) as LatentFamilyName[];

test.each(families)("of %s latent variables it finds what exhaustive search finds", async (latentFamily) => {
  const model = modelOf(3, { latent: 2, latentFamily });
  const weights = withoutCorrection(model, weightsOf(model, 1));
  const all = await scored(model, weights, everyText(3, 2)); // noise of 0 draws the means
  const exhaustive = all.toSorted((a, b) => b.logProbability - a.logProbability).slice(0, 9);
  const found = await beamSearch({ runtime, model, weights, width: 9, steps: 2 });
  expect(found.map(({ ids }) => ids)).toEqual(exhaustive.map(({ ids }) => ids));
  found.forEach(({ logProbability }, place) => {
    expect(logProbability).toBeCloseTo(exhaustive[place]!.logProbability, 4);
  });
});

test.each([3, 7, 11])("rows of a batch find what each finds by itself (weights %i)", async (seed) => {
  const sources = [[4, 6, 5, 5], [6], [5, 4]];
  const model = new EncoderDecoder({ tokens: RESERVED + 3, hidden: 6, attends: true }) as unknown as Model;
  const settings = { runtime, model, weights: weightsOf(model, seed), width: 3, lengthPower: 1 };
  const known = sourcesIn(sources);
  const searcher = await BeamSearcher.create(settings, 3);
  const limits = [9, 4, 6];
  const together = await searcher.search({ steps: limits, known });
  await searcher.dispose();
  for (const [row, source] of sources.entries()) {
    const alone = await beamSearch({ ...settings, steps: limits[row]!, known: sourceIn(source, 1) });
    expect(together[row]!.map(({ ids }) => ids)).toEqual(alone.map(({ ids }) => ids));
    together[row]!.forEach(({ logProbability, score, ids }, place) => {
      expect(logProbability).toBeCloseTo(alone[place]!.logProbability, 4);
      expect(score).toBeCloseTo(logProbability / (ids.length + 1), 5);
    });
  }
});

test("a text that goes on is made to end where it is as long as it may be", async () => {
  const model = modelOf(2);
  const weights = weightsOf(model, 1);
  const [found] = await beamSearch({ runtime, model, weights, width: 4, steps: 2, lengthPower: 5 });
  expect(found!.ids).toHaveLength(2); // such a power makes the longest text the best one
  const [scoredText] = await scored(model, weights, [{ ids: found!.ids, isEnded: true }]);
  expect(found!.logProbability).toBeCloseTo(scoredText!.logProbability, 4);
});

test("a model of columns is refused", async () => {
  const model = new Vrnn({ columns: [plainColumn("a")], hidden: 2, latent: 1 });
  const weights = initialWeights(model.parameters, 1);
  const searched = beamSearch({ runtime, model, weights, width: 2, steps: 2 });
  await expect(searched).rejects.toMatchObject({ code: "beam/model" });
});
