import { describe, expect, test } from "vitest";
import type { Fields } from "../../src/data/fields.ts";
import { END } from "../../src/data/text/vocabulary.ts";
import { attentionWeights } from "../../src/inference/attention-weights.ts";
import { BeamSearcher, type BeamSettings, beamSearch } from "../../src/inference/beam.ts";
import { Translator, type TranslatorOptions } from "../../src/models/translate/translator.ts";
import { Vrnn } from "../../src/models/vrnn/vrnn.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { initialWeights } from "../../src/train/weights.ts";
import { everyText, RESERVED, scored, sourceIn, sourcesIn } from "./every-text.ts";

const runtime = nodeRuntime();

type Written = Pick<BeamSettings, "runtime" | "model" | "weights">;

/** How texts are ranked. */
interface Ranking {
  readonly coverage: number;
  readonly lengthPower: number;
}

/** What is read, and what may be written in answer. */
interface Task {
  readonly source: readonly number[];
  readonly tokens: number;
  readonly steps: number;
}

/** A translator that was never trained: what it writes, and where it looks, is as it happens. */
function writtenBy(tokens: number, seed: number, options: Partial<TranslatorOptions> = {}): Written {
  const model = new Translator({ tokens: RESERVED + tokens, embedding: 4, hidden: 5, latent: 0, ...options });
  return { runtime, model, weights: initialWeights(model.parameters, seed).map((weight) => 4 * weight) };
}

/** The same, which looks at one place alone in each step. */
function staring(tokens: number, seed: number): Written {
  const written = writtenBy(tokens, seed);
  let at = 0;
  for (const { name, shape } of written.model.parameters) {
    const end = at + shape.reduce((all, size) => all * size, 1);
    if (name === "attention.score.weight")
      written.weights.subarray(at, end).forEach((weight, i, own) => {
        own[i] = 100 * weight;
      });
    at = end;
  }
  return written;
}

/** How much each place was looked at in sum while each text and its end were written, `[S]`, by the program of whole texts. */
async function coverageOf(
  written: Written,
  source: readonly number[],
  texts: readonly (readonly number[])[],
) {
  const vocabulary = { unit: "characters", tokens: ["a", "b", "c"] } as const;
  const fields: Fields = {
    x: { kind: "tokens", role: "target", axis: "T", vocabulary },
    source: { kind: "tokens", role: "source", axis: "S", vocabulary },
  };
  const parts = texts.map((ids) => ({
    length: ids.length + 1,
    values: { x: Int32Array.from([...ids, END]), source: Int32Array.from(source) },
  }));
  const looked = await attentionWeights({ ...written, fields, parts });
  return looked.map((rows) => source.map((_, place) => rows.reduce((sum, row) => sum + row[place]!, 0)));
}

/** Every text with its log-probability and how it covers its source. */
async function every(written: Written, { source, tokens, steps }: Task) {
  const texts = everyText(tokens, steps);
  const all = await scored(written.model, written.weights, texts, sourceIn(source, texts.length));
  const coverage = await coverageOf(
    written,
    source,
    texts.map(({ ids }) => ids),
  );
  return all.map((text, i) => ({ ...text, coverage: coverage[i]! }));
}

/** The same by their scores, the best one first (Wu et al. 2016, eq. 14). */
function rankedBy(texts: Awaited<ReturnType<typeof every>>, { coverage: beta, lengthPower }: Ranking) {
  const weighed = texts.map(({ ids, logProbability, coverage }) => {
    const logs = coverage.map((sum) => Math.log(Math.min(Math.max(sum, 1e-6), 1)));
    const penalty = beta * logs.reduce((all, each) => all + each, 0);
    return { ids, logProbability, score: logProbability / (ids.length + 1) ** lengthPower + penalty };
  });
  return weighed.toSorted((a, b) => b.score - a.score);
}

/** Holds what was found against the best of all texts. */
function expectSame(
  found: Awaited<ReturnType<typeof beamSearch>>,
  exhaustive: ReturnType<typeof rankedBy>,
): void {
  expect(found.map(({ ids }) => ids)).toEqual(exhaustive.slice(0, found.length).map(({ ids }) => ids));
  found.forEach(({ logProbability, score }, place) => {
    expect(logProbability).toBeCloseTo(exhaustive[place]!.logProbability, 4);
    expect(score).toBeCloseTo(exhaustive[place]!.score, 4);
  });
}

describe.each([
  [2, { coverage: 0.2, lengthPower: 1 }],
  [5, { coverage: 0.2, lengthPower: 0 }],
  [6, { coverage: 1, lengthPower: 0 }],
])("texts that cover their source (weights %i, %j)", (seed, ranking) => {
  const written = writtenBy(3, seed);
  const task = { source: [4, 6, 5, 5], tokens: 3, steps: 3 };

  test("are those that exhaustive search finds, others than without", async () => {
    const texts = await every(written, task);
    const known = sourceIn(task.source, 1);
    const found = await beamSearch({ ...written, ...ranking, width: 27, steps: 3, known });
    expect(found).toHaveLength(27);
    expectSame(found, rankedBy(texts, ranking));
    const plain = rankedBy(texts, { ...ranking, coverage: 0 });
    expect(found[0]!.ids).not.toEqual(plain[0]!.ids);
  });
});

test.each([1, 2, 3])(
  "a text that may yet cover its source is gone on with, in a beam of 1 too (weights %i)",
  async (seed) => {
    // Of one token a beam of 1 leaves no text out: it is exhaustive however long they may be, unless it ends too early.
    const task = { source: [4, 4, 4], tokens: 1, steps: 9 };
    const written = writtenBy(1, seed);
    const ranking = { coverage: 5, lengthPower: 0 };
    const exhaustive = rankedBy(await every(written, task), ranking);
    expect(exhaustive[0]!.ids.length).toBeGreaterThan(1);
    const known = sourceIn(task.source, 1);
    expectSame(await beamSearch({ ...written, ...ranking, width: 1, steps: 9, known }), exhaustive);
  },
);

test("a place that nothing looked at costs as much as a millionth of it", async () => {
  const written = staring(2, 1);
  const task = { source: [4, 5, 5, 4], tokens: 2, steps: 2 };
  const texts = await every(written, task);
  expect(Math.min(...texts.flatMap(({ coverage }) => coverage))).toBeLessThan(1e-9);
  const ranking = { coverage: 0.2, lengthPower: 1 };
  const known = sourceIn(task.source, 1);
  const found = await beamSearch({ ...written, ...ranking, width: 4, steps: 2, known });
  expectSame(found, rankedBy(texts, ranking));
});

test.each([{ latent: 0 }, { latent: 2 }, { latent: 2, latentScope: "step" }] as const)(
  "what fills up the shorter sources of a batch costs nothing: %j",
  async (options) => {
    const sources = [[4, 6, 5, 5], [6], [5, 4]];
    const settings = { ...writtenBy(3, 5, options), width: 3, lengthPower: 1, coverage: 1 };
    const known = sourcesIn(sources);
    const searcher = await BeamSearcher.create(settings, 3);
    const together = await searcher.search({ steps: 6, known });
    await searcher.dispose();
    for (const [row, source] of sources.entries()) {
      const alone = await beamSearch({ ...settings, steps: 6, known: sourceIn(source, 1) });
      expect(together[row]!.map(({ ids }) => ids)).toEqual(alone.map(({ ids }) => ids));
      together[row]!.forEach(({ score }, place) => {
        expect(score).toBeCloseTo(alone[place]!.score, 4);
      });
    }
    // The only place of a source is looked at whatever is written.
    for (const { ids, logProbability, score } of together[1]!)
      expect(score).toBeCloseTo(logProbability / (ids.length + 1), 4);
  },
);

test("a weight of 0 gives the very programs and texts that are given without", async () => {
  const settings = { ...writtenBy(3, 2), width: 3 };
  const programsOf = async (own: Partial<BeamSettings>) => {
    const models: Uint8Array[] = [];
    const recording: Runtime = {
      ...runtime,
      compile: (program) => {
        models.push(program.model);
        return runtime.compile(program);
      },
    };
    const searcher = await BeamSearcher.create({ ...settings, ...own, runtime: recording }, 1);
    const texts = await searcher.search({ steps: 4, known: sourceIn([4, 6], 1) });
    await searcher.dispose();
    return { models, texts };
  };
  const plain = await programsOf({});
  expect(await programsOf({ coverage: 0 })).toEqual(plain);
  expect((await programsOf({ coverage: 0.1 })).models).not.toEqual(plain.models);
});

test("a model that does not tell where it looks is refused, and so is what is no weight", async () => {
  const model = new Vrnn({ tokens: 6, embedding: 2, tied: false, hidden: 3, latent: 0 });
  const looksNowhere = { runtime, model, weights: initialWeights(model.parameters, 1), width: 2, steps: 2 };
  await expect(beamSearch({ ...looksNowhere, coverage: 0.2 })).rejects.toMatchObject({
    code: "beam/coverage",
    remedy: "leave coverage out, or search with a model that has `attentionWeights`",
  });
  expect(await beamSearch({ ...looksNowhere, coverage: 0 })).toEqual(await beamSearch(looksNowhere));
  for (const coverage of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
    const searched = beamSearch({ ...writtenBy(3, 1), width: 2, steps: 2, coverage });
    await expect(searched).rejects.toMatchObject({ code: "beam/coverage" });
  }
});
