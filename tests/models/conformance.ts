/** What every model has to keep: one suite, run for each. */
import { expect, test } from "vitest";
import { input } from "../../src/graph/index.ts";
import { generate, generationInputs } from "../../src/models/generate.ts";
import { capabilitiesOf, isLatent, latentWidth, type Model, noiseWidth } from "../../src/models/model.ts";
import { takeOnce } from "../../src/models/once.ts";
import { stateInputs, stateShapes, statesAfter } from "../../src/models/state.ts";
import type { StepResult } from "../../src/models/step.ts";
import { conditionInput, declaredInputs, observedInputs, unitInputs } from "../../src/models/unroll.ts";
import { countOf, sizeOf } from "../../src/nn/parameters.ts";
import { objectives } from "../../src/objectives/index.ts";
import type { Objective } from "../../src/objectives/objective.ts";
import type { Program } from "../../src/onnx/lower.ts";
import { Random } from "../../src/random/generator.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import {
  allocate,
  emptyFloat32,
  float32,
  scalarValue,
  type TensorValue,
  type Values,
} from "../../src/runtime/runtime.ts";
import { carriedStates } from "../../src/train/feeds.ts";
import { compile, gradientProgram, unrollProgram } from "../../src/train/programs.ts";
import { initialWeights, unpackWeights } from "../../src/train/weights.ts";
import { differences, featureMajorPasses } from "../passes/feature-major.ts";
import { normals, ones } from "./tensors.ts";

const runtime = nodeRuntime();
const [T, B] = [6, 3];

type Part = keyof StepResult;
const everyPart: readonly Part[] = [
  "logLikelihood",
  "kl",
  "logPriorRatio",
  "latent",
  "latentScale",
  "emissionMean",
  "emissionParameters",
];
/** What prior and emission say, once posteriors are taken away. */
const priorParts: readonly Part[] = ["latent", "latentScale", "emissionParameters", "emissionMean"];

/** Some values of a model's columns at a step, as a batch holds them. */
export type DrawRow = (random: Random) => readonly number[];

/** Standard normal values. */
export const normalRow =
  (width: number): DrawRow =>
  (random) =>
    Array.from({ length: width }, () => random.normal());

/** A number that may stand at a place of a source. */
export type DrawPlace = (random: Random) => number;

export interface ConformanceOptions {
  /** Values that the columns may have, the id of a token, the pixels of a frame; standard normal ones unless told. */
  readonly row?: DrawRow;
  /** What a source may have at a place; of models that read one. */
  readonly place?: DrawPlace;
  /** Objectives whose gradients are compared with differences; the bound itself unless told. */
  readonly objectives?: Readonly<Record<string, Objective>>;
}

/** Tests that a model keeps the contract of `models/model.ts`, and that what it claims to be capable of is true. */
export function conforms(name: string, make: () => Model, options: ConformanceOptions = {}): void {
  const model = make();
  const { row = normalRow(model.width), place } = options;
  const capable = capabilitiesOf(model);
  const data = dataOf(model, row, { place });

  test(`${name}: parameters have names of their own and begin at finite numbers`, () => {
    const names = model.parameters.map((parameter) => parameter.name);
    expect(new Set(names).size).toBe(names.length);
    const first = initialWeights(model.parameters, 1);
    expect(first.every(Number.isFinite)).toBe(true);
    expect(initialWeights(make().parameters, 1)).toEqual(first);
  });

  test(`${name}: a step keeps the shapes of the state, and tells each part in its shape`, async () => {
    const { results } = await unrolled(model, data);
    for (const [part, shape] of Object.entries(stateShapes(model)))
      expect(results[`state.${part}.next`]?.shape, part).toEqual([B, ...shape]);
    const width = isLatent(model) ? model.emission.width : model.width;
    const widths = { logLikelihood: model.width, emissionMean: model.width, emissionParameters: width };
    const latent = latentWidth(model);
    for (const part of everyPart)
      expect(results[part]?.shape, part).toEqual([
        T,
        B,
        { ...widths }[part as "emissionParameters"] ?? latent,
      ]);
    expect(everyPart.every((part) => numbers(results, part).every(Number.isFinite))).toBe(true);
  });

  for (const [which, objective] of Object.entries(options.objectives ?? { elbo: objectives.elbo.create({}) }))
    test(`${name}: gradients of ${which} are those of differences along their own and random directions`, () =>
      checkGradient(model, objective, data));

  test(`${name}: a missing entry has no effect, whatever stands in its place`, async () => {
    const mask = scattered(model, data.mask);
    const masked = async (value: number) => {
      const x = filledWhere(data.x, mask, value);
      return (await unrolled(model, { ...data, x, mask })).results;
    };
    const zeros = await masked(0);
    const isWhole = model.observation?.dtype === "int64"; // ids that no vocabulary has, too
    for (const value of isWhole ? [1e9, -7] : [Number.NaN, 1e30, -7])
      expect(await masked(value)).toEqual(zeros);
    numbers(zeros, "logLikelihood").forEach((nats, i) => {
      if (mask.data[i] === 0) expect(nats).toBe(0);
    });
  });

  test(`${name}: of what is not observed the posterior is the prior`, async () => {
    const [t, b] = [3, 1]; // a step, and a whole sequence
    const mask = ones([T, B, model.width]);
    const width = model.width;
    mask.data.fill(0, (t * B + b) * width, (t * B + b + 1) * width);
    for (let each = 0; each < T; each++) mask.data.fill(0, each * B * width, (each * B + 1) * width);
    const { results } = await unrolled(model, { ...data, mask });
    const alone = await unrolled(withoutPosteriors(model), { ...data, mask });
    const unseen = [...Array(T).keys()].map((each) => [each, 0] as const);
    for (const place of unseen) {
      for (const part of ["kl", "logPriorRatio"] as const)
        expect(Math.max(0, ...at(results, part, place).map(Math.abs)), part).toBeLessThan(1e-6);
      // Two programs, each of which adds up its products in an order of its own.
      for (const part of priorParts)
        expectClose(at(results, part, place), at(alone.results, part, place), 2 ** -21);
    }
    const perStep = isLatent(model) && model.latents.every(({ at }) => at === "step");
    if (perStep) expect(Math.max(0, ...at(results, "kl", [t, b]).map(Math.abs))).toBeLessThan(1e-6);
    expect(at(results, "logLikelihood", [t, b]).every((nats) => nats === 0)).toBe(true);
  });

  test(`${name}: neither prior nor emission sees the step or what comes later`, async () => {
    expect(await leaks(model, data)).toEqual([]);
  });

  if (sourcesOf(model).length > 0)
    test(`${name}: a row reads its own source, to its end`, async () => {
      expect(await sourceFaults(model, data)).toEqual([]);
    });

  if (capable.windowed && capable.causal)
    test(`${name}: windows with the state carried over equal one window`, async () => {
      const whole = (await unrolled(model, data)).results;
      const first = (await unrolled(model, stepsOf(model, data, 0, 4))).results;
      const after = { ...stepsOf(model, data, 4, T), states: carriedStates(first) };
      const second = (await unrolled(model, after)).results;
      for (const part of everyPart)
        expectClose([...numbers(first, part), ...numbers(second, part)], numbers(whole, part));
      expectStates(second, whole);
    });

  if (capable.causal)
    test(`${name}: one step at a time equals whole sequences`, async () => {
      const mask = scattered(model, data.mask);
      const whole = (await unrolled(model, { ...data, mask })).results;
      const steps = await oneByOne(model, { ...data, mask });
      for (const part of everyPart)
        expectClose(
          steps.flatMap((step) => numbers(step, part)),
          numbers(whole, part),
        );
      expectStates(steps.at(-1)!, whole);
    });
  else
    test(`${name}: refuses to take one step at a time, by name`, () => {
      expect(() => onceProgram(model)).toThrow(expect.objectContaining({ code: "model/not-causal" }));
    });

  test(`${name}: generates finite steps, and states of the right shapes`, async () => {
    const { weights } = unpackWeights(model.parameters, input("parameters", [countOf(model.parameters)]));
    const { x, state } = generate(model, weights, generationInputs(model));
    const results = await run(compile({ x, ...statesAfter(state) }), {
      parameters: data.parameters,
      temperature: scalarValue(1),
      ...data.known,
    });
    expect(results["x"]?.shape).toEqual([T, B, model.width]);
    expect(
      Object.values(results).every(({ data }) => data.every((each) => Number.isFinite(Number(each)))),
    ).toBe(true);
    for (const [part, shape] of Object.entries(stateShapes(model)))
      expect(results[`state.${part}.next`]?.shape, part).toEqual([B, ...shape]);
  });
}

/** Yes or no at three steps, all eight ways. */
const eightWays = Array.from({ length: 8 }, (_, way) => [way & 1, (way >> 1) & 1, way >> 2]);

/** The value that χ² with 7 degrees of freedom exceeds once in ten thousand times. */
const RARE = 29.88;

/**
 * Tests that sampled sequences of one binary column come as often as their likelihood says, at a false-alarm rate of
 * 1e-4. The likelihood of a model with latent variables is the mean importance weight of many draws.
 */
export function samplesAsLikely(name: string, make: () => Model): void {
  test(`${name}: χ² of 8 kinds of sequences`, async () => {
    const [model, count, draws] = [make(), 4000, 20_000];
    const { parameters } = dataOf(model, () => [0]);
    const { weights } = unpackWeights(model.parameters, input("parameters", [countOf(model.parameters)]));
    const { x } = generate(model, weights, generationInputs(model));
    const sizes = { T: 3, B: count };
    const made = await run(compile({ x }), { parameters, temperature: scalarValue(1) }, sizes);
    const found = eightWays.map(() => 0);
    for (let b = 0; b < count; b++)
      found[[0, 1, 2].reduce((way, t) => way + 2 ** t * Number(made["x"]!.data[t * count + b]), 0)]! += 1;
    const rows = capabilitiesOf(model).exact ? 1 : draws;
    const terms = await Promise.all(
      eightWays.map(async (way, at) => {
        const values = Float32Array.from({ length: 3 * rows }, (_, i) => way[Math.floor(i / rows)]!);
        const data = {
          parameters,
          x: float32([3, rows, 1], values),
          mask: ones([3, rows, 1]),
          noise: normals([3, rows, noiseWidth(model)], "noise"),
          known: {},
        };
        const probability = likelihood((await unrolled(model, data)).results, rows);
        return (found[at]! - count * probability) ** 2 / (count * probability);
      }),
    );
    expect(terms.reduce((all, term) => all + term, 0)).toBeLessThan(RARE);
  });
}

/** The mean over rows of exp Σ log p(x | z) + log p(z) − log q(z). */
function likelihood(results: Values, rows: number): number {
  const logWeights = new Float64Array(rows);
  for (const part of ["logLikelihood", "logPriorRatio"]) {
    const width = results[part]!.shape[2]!;
    numbers(results, part).forEach((value, i) => {
      logWeights[Math.floor(i / width) % rows]! += value;
    });
  }
  return logWeights.reduce((all, each) => all + Math.exp(each), 0) / rows;
}

/**
 * What a model is fed with: x and mask `[T, B, D]`, a row of numbers a step; what has an `observation` of its own is fed
 * by that, and has one mask a step.
 */
interface Data {
  readonly parameters: TensorValue<"float32">;
  readonly x: TensorValue<"float32">;
  readonly mask: TensorValue<"float32">;
  readonly noise: TensorValue<"float32">;
  readonly known: Values;
  readonly states?: Values;
}

export interface DataSizes {
  readonly steps?: number;
  readonly rows?: number;
  readonly place?: DrawPlace | undefined;
}

export function dataOf(model: Model, row: DrawRow, { steps = T, rows = B, place }: DataSizes = {}): Data {
  const random = Random.stream(3, "conformance");
  const count = countOf(model.parameters);
  const first = initialWeights(model.parameters, 1);
  return {
    // Away from the first ones, so that biases and gates differ.
    parameters: float32(
      [count],
      first.map((weight) => weight + 0.1 * random.normal()),
    ),
    x: float32(
      [steps, rows, model.width],
      Float32Array.from(Array.from({ length: steps * rows }, () => row(random)).flat()),
    ),
    mask: ones([steps, rows, model.width]),
    noise: normals([steps, rows, noiseWidth(model)], "noise"),
    known: { ...knownOf(model, [steps, rows]), ...sourceOf(model, { T: steps, B: rows, S }, place) },
  };
}

/** What is known beside the data of every row and step: conditions, and units of their own. */
function knownOf(model: Model, lead: readonly number[]): Values {
  const { conditions = [] } = model;
  const units = unitsOf(model, lead);
  if (conditions.length === 0) return units;
  const shape = [...lead, conditions.length];
  return { ...units, condition: normals(shape, "condition"), "condition.mask": ones(shape) };
}

/**
 * Units of every row and step, some entries on a grid, for a model whose sequences have their own. Scales and cells near
 * 1: constants of the loss, such as their logarithms, take digits from differences in float32.
 */
function unitsOf({ units = false, width }: Model, lead: readonly number[]): Values {
  if (!units) return {};
  const shape = [...lead, width];
  const scale = normals(shape, "units.scale").data.map((each) => Math.exp(each / 2));
  const cell = scale.map((each, i) => (i % 3 === 0 ? 0 : 1 / each));
  const shift = normals(shape, "units.shift");
  return { "units.shift": shift, "units.scale": float32(shape, scale), "units.cell": float32(shape, cell) };
}

/** Places of a source, and how many of them each row has: all, one, two ... */
const S = 5;
const lengthOf = (row: number): number => [S, 1, 2][row % 3]!;

/** What a model declares itself: ids and values of a source of S places, its lengths. */
function sourceOf(
  { inputs = {} }: Model,
  sizes: Readonly<Record<"T" | "B" | "S", number>>,
  place?: DrawPlace,
): Values {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { what, dtype, shape }]) => {
      const size = shape.map((dim) => sizes[dim as "S"] ?? (dim as number));
      const random = Random.stream(3, "source", name);
      const count = size.reduce((all, each) => all * each, 1);
      if (what !== "lengths" && place === undefined) throw new Error("say what a place of the source may be");
      const numbers = Array.from({ length: count }, (_, i) =>
        what === "lengths" ? lengthOf(i) : place!(random),
      );
      return [name, tensorOf(dtype as "float32" | "int64", size, numbers)];
    }),
  );
}

function tensorOf(
  dtype: "float32" | "int64",
  shape: readonly number[],
  values: ArrayLike<number>,
): TensorValue {
  return dtype === "float32"
    ? float32(shape, Float32Array.from(values))
    : { dtype, shape, data: BigInt64Array.from(Array.from(values), (value) => BigInt(Math.round(value))) };
}

/** What a program over sequences is fed, but states. */
const feedsOf = (model: Model, { parameters, noise, known, ...data }: Data): Values => ({
  parameters,
  noise,
  ...observed(model, data),
  ...known,
});

/** x and mask as a model takes them. */
function observed({ observation, width }: Model, { x, mask }: Pick<Data, "x" | "mask">): Values {
  if (observation === undefined) return { x, mask };
  const { dtype, shape } = observation;
  const lead = x.shape.slice(0, -1);
  return {
    x: tensorOf(dtype, [...lead, ...shape], x.data),
    mask: float32(
      lead,
      mask.data.filter((_, i) => i % width === 0),
    ),
  };
}

/** The sources that a model reads by places, by their names. */
const sourcesOf = ({ inputs = {} }: Model): string[] =>
  Object.entries(inputs).flatMap(([name, { shape }]) => (shape[0] === "S" && shape[1] === "B" ? [name] : []));

/**
 * What is wrong with how sources are read: places beyond a row's length have no effect on it, those of other rows neither,
 * and its own do.
 */
export async function sourceFaults(model: Model, data: Data): Promise<string[]> {
  const { results: as } = await unrolled(model, data);
  const faults: string[] = [];
  for (const name of sourcesOf(model)) {
    const changed = async (isOther: (place: number, row: number) => boolean) => {
      const known = { ...data.known, [name]: otherwise(data.known[name]!, isOther) };
      return (await unrolled(model, { ...data, known })).results;
    };
    const beyond = await changed((place, row) => place >= lengthOf(row));
    if (differing(everyPart, as, beyond, T).length > 0) faults.push(`${name} beyond its end`);
    const first = await changed((place, row) => row === 0 && place < lengthOf(row));
    const rows = [...Array(B).keys()].filter((row) =>
      everyPart.some((part) => !sameRow(as, first, part, row)),
    );
    if (rows.some((row) => row > 0)) faults.push(`${name} of another row`);
    if (!rows.includes(0)) faults.push(`nothing of ${name}`);
  }
  return faults;
}

/** `[S, B, ...]` with others in some places: those of the place that follows. */
function otherwise(value: TensorValue, isOther: (place: number, row: number) => boolean): TensorValue {
  const [places, rows] = value.shape as [number, number];
  const size = value.data.length / (places * rows);
  const numbers = Array.from(value.data, Number);
  const changed = numbers.map((each, i) => {
    const [place, row] = [Math.floor(i / (rows * size)), Math.floor(i / size) % rows];
    return isOther(place, row) ? numbers[(i + rows * size) % numbers.length]! : each;
  });
  return tensorOf(value.dtype as "int64", value.shape, changed);
}

function sameRow(a: Values, b: Values, part: Part, row: number): boolean {
  const [before, after] = [a, b].map((values) =>
    [...Array(T).keys()].flatMap((t) => at(values, part, [t, row])),
  );
  return before!.every((value, i) => Math.abs(value - after![i]!) <= 1e-6 * (1 + Math.abs(value)));
}

/** Runs a program; inputs that are not given are normal numbers, uniform ones where their name says so, states 0. */
async function run(program: Program, given: Values, sizes: DimSizes = { T, B }): Promise<Values> {
  const executable = await runtime.compile(program);
  try {
    return await executable.run({ ...drawnInputs(program, given, sizes), ...given });
  } finally {
    await executable.dispose();
  }
}

type DimSizes = Readonly<Record<"T" | "B", number>>;

function drawnInputs({ inputs }: Program, given: Values, named: DimSizes = { T, B }): Values {
  const missing = Object.entries(inputs).filter(([name]) => !(name in given));
  const sized = missing.map(([name, { dtype, shape }]) => {
    const sizes = shape.map((dim) => named[dim as "T"] ?? (dim as number));
    return [name, { dtype, shape: sizes }] as const;
  });
  const values = allocate(Object.fromEntries(sized));
  for (const [name, { data }] of Object.entries(values)) {
    const random = Random.stream(5, name);
    if (name.startsWith("state.")) continue;
    if (name.endsWith("uniform") || name === "resampling")
      data.forEach((_, i) => {
        data[i] = 0.01 + 0.98 * random.uniform();
      });
    else random.fillNormal(data as Float32Array);
  }
  return values;
}

function restingStates(model: Model, rows: number): Values {
  const parts = Object.entries(stateShapes(model));
  return Object.fromEntries(parts.map(([part, shape]) => [`state.${part}`, emptyFloat32([rows, ...shape])]));
}

export async function unrolled(model: Model, { states, ...data }: Data): Promise<{ results: Values }> {
  const rows = data.x.shape[1]!;
  const feeds = { ...feedsOf(model, data), ...restingStates(model, rows), ...states };
  return { results: await run(unrollProgram(model, everyPart), feeds) };
}

/** The same model with the prior in the place of each posterior: z is then the same function of the noise for every x. */
export const withoutPosteriors = (model: Model): Model =>
  isLatent(model)
    ? Object.create(model, {
        latents: {
          value: model.latents.map(({ posterior: _, prior, ...block }) => ({
            ...block,
            prior: prior.bind(block),
          })),
        },
      })
    : model;

/**
 * The parts that see what they must not. With z held (drawn from the prior by the same noise), prior and emission of a
 * step may depend on earlier steps alone; with posteriors, all parts of a causal model on steps up to their own alone.
 */
export async function leaks(model: Model, data: Data): Promise<string[]> {
  const s = 3;
  const changed = changedFrom(data, s);
  const [held, heldChanged] = await bothUnrolled(withoutPosteriors(model), data, changed);
  const seen = differing(priorParts, held, heldChanged, s + 1).map((part) => `${part} of the prior's z`);
  if (!capabilitiesOf(model).causal) return seen;
  const [full, fullChanged] = await bothUnrolled(model, data, changed);
  return [...seen, ...differing(everyPart, full, fullChanged, s)];
}

const bothUnrolled = async (model: Model, ...both: readonly [Data, Data]): Promise<[Values, Values]> => [
  (await unrolled(model, both[0])).results,
  (await unrolled(model, both[1])).results,
];

/** The parts that differ in the first steps. */
const differing = (parts: readonly Part[], a: Values, b: Values, steps: number): Part[] =>
  parts.filter((part) => {
    const size = (numbers(a, part).length / a[part]!.shape[0]!) * steps;
    const [before, after] = [numbers(a, part).slice(0, size), numbers(b, part).slice(0, size)];
    return before.some((value, i) => Math.abs(value - after[i]!) > 1e-6 * (1 + Math.abs(value)));
  });

/** Other values from a step on. */
function changedFrom(data: Data, step: number): Data {
  const [, rows, width] = data.x.shape as [number, number, number];
  const x = data.x.data.slice();
  // Those of the other rows and the steps in reverse, so that they are values that the columns may have.
  const later = data.x.data.slice(step * rows * width);
  for (let i = 0; i < later.length; i += width)
    x.set(later.subarray(later.length - width - i, later.length - i), step * rows * width + i);
  return { ...data, x: float32(data.x.shape, x) };
}

/** @param isTried which parameters are moved; all unless told */
export async function checkGradient(
  model: Model,
  objective: Objective,
  data: Data,
  isTried: (name: string) => boolean = () => true,
): Promise<void> {
  const program = gradientProgram(model, objective);
  const executable = await runtime.compile(program);
  const feeds = gradientFeeds(model, objective, program, data);
  const { parameters } = data;
  const at = (weights: Float32Array) =>
    executable.run({ ...feeds, parameters: float32([weights.length], weights) });
  const results = await at(parameters.data);
  const tried = model.parameters.flatMap((each) =>
    Array<number>(sizeOf(each)).fill(Number(isTried(each.name))),
  );
  const gradient = numbers(results, "gradient").map((slope, i) => slope * tried[i]!);
  const length = Math.hypot(...gradient);
  expect(Number.isFinite(length) && length > 0).toBe(true);
  const random = [1, 2, 3].map((k) => [
    ...normals([gradient.length], `way ${k}`).data.map((each, i) => each * tried[i]!),
  ]);
  for (const way of [gradient, ...random]) {
    const norm = Math.hypot(...way);
    const direction = way.map((each) => each / norm);
    const slope = gradient.reduce((all, each, i) => all + each * direction[i]!, 0);
    const loss = async (by: number) =>
      numbers(await at(parameters.data.map((weight, i) => weight + by * direction[i]!)), "loss")[0]!;
    const difference = ((await loss(1e-3)) - (await loss(-1e-3))) / 2e-3;
    expect(Math.abs(difference - slope)).toBeLessThan(2e-3 * length);
  }
  await executable.dispose();
  const exchanged = await runtime.compile(gradientProgram(model, objective, { passes: featureMajorPasses }));
  expect(differences(model, results, await exchanged.run(feeds))).toEqual([]);
  await exchanged.dispose();
}

function gradientFeeds(model: Model, objective: Objective, program: Program, data: Data): Values {
  const { parameters, noise, known, ...rest } = data;
  const particles = objective.particles !== undefined;
  const scalars = Object.entries(objective.schedule(0)).map(([name, value]) => [name, scalarValue(value)]);
  const given: Values = {
    ...observed(model, { ...rest, mask: scattered(model, rest.mask) }),
    ...known,
    ...(!particles && { noise }),
    ...Object.fromEntries(scalars),
    "count.observedSteps": scalarValue(T * B),
  };
  return { ...drawnInputs(program, { ...given, parameters }), ...given, parameters };
}

/** The program of `takeOnce`. @throws VrnnError `model/not-causal` */
function onceProgram(model: Model): Program {
  const { weights } = unpackWeights(model.parameters, input("parameters", [countOf(model.parameters)]));
  const { state, outputs } = takeOnce(model, weights, {
    observed: observedInputs(model, ["B"]),
    noise: input("noise", ["B", noiseWidth(model)]),
    known: { ...conditionInput(model, ["B"]), inputs: declaredInputs(model.inputs) },
    ...unitInputs(model, ["B"]),
    state: stateInputs(model),
  });
  return compile({ ...outputs, ...statesAfter(state) });
}

async function oneByOne(model: Model, data: Data): Promise<Values[]> {
  const executable = await runtime.compile(onceProgram(model));
  let states = restingStates(model, B);
  const steps: Values[] = [];
  for (let t = 0; t < T; t++) {
    const feeds = feedsOf(model, stepsOf(model, data, t, t + 1));
    const step = Object.entries(feeds).map(([name, value]) => [
      name,
      name !== "parameters" && isOverTime(model, name) ? ofStep(value) : value,
    ]);
    const results = await executable.run({ ...Object.fromEntries(step), ...states });
    states = carriedStates(results);
    steps.push(results);
  }
  await executable.dispose();
  return steps;
}

/** `[1, ...]` as `[...]`. */
const ofStep = ({ shape, ...value }: TensorValue): TensorValue =>
  ({ ...value, shape: shape.slice(1) }) as TensorValue;

/** Whether something that is known is told for each step. */
const isOverTime = ({ inputs = {} }: Model, name: string): boolean =>
  inputs[name] === undefined || inputs[name].shape[0] === "T";

function stepsOf(model: Model, { parameters, known, x, mask, noise }: Data, from: number, to: number): Data {
  const part = (value: TensorValue): TensorValue<"float32"> => {
    const size = value.data.length / value.shape[0]!;
    const cut = (value.data as Float32Array).slice(from * size, to * size);
    return float32([to - from, ...value.shape.slice(1)], cut);
  };
  const parts = Object.entries(known).map(([name, value]) => [
    name,
    isOverTime(model, name) ? part(value) : value,
  ]);
  return { parameters, known: Object.fromEntries(parts), x: part(x), mask: part(mask), noise: part(noise) };
}

/**
 * Some entries missing (steps, where a step has one mask or is told as a whole alone), the whole of one step among them, and the end of one
 * sequence.
 */
function scattered(model: Model, { shape, data }: TensorValue<"float32">): TensorValue<"float32"> {
  const [steps, rows, width] = shape as [number, number, number];
  return float32(
    shape,
    data.map((_, i) => {
      const [t, b] = [Math.floor(i / (rows * width)), Math.floor(i / width) % rows];
      const place =
        model.observation === undefined && capabilitiesOf(model).missing === "exact"
          ? i
          : Math.floor(i / width);
      return place % 4 === 1 || (t === 2 && b === 0) || (t >= steps - 2 && b === 1) ? 0 : 1;
    }),
  );
}

const filledWhere = (x: TensorValue<"float32">, mask: TensorValue<"float32">, value: number) =>
  float32(
    x.shape,
    x.data.map((each, i) => (mask.data[i] === 0 ? value : each)),
  );

export const numbers = (values: Values, name: string): number[] => [
  ...(values[name] as TensorValue<"float32">).data,
];

/** One step of one row. */
function at(values: Values, name: Part, [t, b]: readonly [number, number]): number[] {
  const [, rows, width] = values[name]!.shape as [number, number, number];
  return numbers(values, name).slice((t * rows + b) * width, (t * rows + b + 1) * width);
}

function expectClose(values: readonly number[], expected: readonly number[], tolerance = 2e-5): void {
  expect(values).toHaveLength(expected.length);
  const worst = expected.map((each, i) => Math.abs(values[i]! - each) / (1 + Math.abs(each)));
  expect(Math.max(0, ...worst)).toBeLessThan(tolerance);
}

function expectStates(values: Values, expected: Values): void {
  for (const part of Object.keys(carriedStates(expected)))
    expectClose(numbers(values, `${part}.next`), numbers(expected, `${part}.next`));
}
