/** The table of objectives, and what is derived from it. */
import { describe, expect, test } from "vitest";
import { helpOf } from "../../src/cli/help.ts";
import { objectives } from "../../src/objectives/index.ts";
import { objectiveFacts, objectiveNames, readersOf } from "../../src/objectives/loading.ts";
import { objectiveOptions } from "../../src/objectives/options.ts";
import { shapeOf } from "../../src/options.ts";
import { trainingOptions } from "../../src/train/options.ts";

const own = objectiveNames.flatMap((name) => Object.entries(objectiveFacts[name].options));

test("training takes the options of every objective, each once and in the order of the table", () => {
  expect(Object.keys(objectiveOptions)).toEqual([
    "klWarmupSteps",
    "freeBits",
    "labelSmoothing",
    "particles",
    "resampling",
    "elboWeight",
  ]);
  expect(Object.keys(objectiveOptions)).toEqual([...new Set(own.map(([key]) => key))]);
  const all = Object.keys(shapeOf(trainingOptions));
  const first = all.indexOf("objective") + 1;
  expect(all.slice(first, first + 6)).toEqual(Object.keys(objectiveOptions));
});

test("objectives with an option of one name mean the same by it, and no other option of training has that name", () => {
  const schemas = new Map<string, unknown>();
  for (const [key, schema] of own) {
    expect(schema).toBe(schemas.get(key) ?? schema);
    schemas.set(key, schema);
  }
  const others = Object.keys(shapeOf(trainingOptions)).filter((key) => !Object.hasOwn(objectiveOptions, key));
  expect(others).toHaveLength(Object.keys(shapeOf(trainingOptions)).length - schemas.size);
});

test("the help of an option begins with the objectives that read it", () => {
  expect(readersOf("particles")).toEqual(["iwae", "fivo"]);
  expect(readersOf("epochs")).toEqual([]);
  const helps = Object.values(objectiveOptions).map(helpOf);
  expect(helps).toEqual([
    "of elbo, cross-entropy and ctc: steps over which the divergence gets its full weight",
    "of elbo, cross-entropy and ctc: divergence per step and latent variable that costs nothing",
    "of elbo, cross-entropy and ctc: share of a token or label spread over all",
    "of iwae and fivo: particles that each sequence is followed by",
    "of fivo: how ancestors are drawn: systematic, multinomial",
    "of cross-entropy and ctc: weight of the evidence lower bound beside labels or transcripts",
  ]);
});

describe.each(objectiveNames)("%s", (name) => {
  const { create, options } = objectives[name];

  test("is made of the options of training, and of none by the same defaults", () => {
    const training = trainingOptions.parse({ objective: name });
    for (const [key, schema] of Object.entries(options))
      expect(Object.entries(training)).toContainEqual([key, schema.parse(undefined)]);
    const [made, plain] = [create(training), create({})];
    expect(made.figures).toEqual(plain.figures);
    expect(made.particles).toEqual(plain.particles);
    expect(made.schedule(7)).toEqual(plain.schedule(7));
  });

  test("has a bound in nats, from the totals of its figures, and its name is that of a row", () => {
    const totals = Object.fromEntries(Object.keys(create({}).figures).map((figure) => [figure, 2]));
    expect(Number.isFinite(create({}).bound(totals))).toBe(true);
    expect(objectiveNames).toContain(objectiveFacts[name].bound);
  });

  test.each(Object.keys(options))("refuses a wrong %s", (key) => {
    expect(() => create({ [key]: -1 })).toThrow();
  });
});
