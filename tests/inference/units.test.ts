/** Sequences with units of their own, in everything that is done with a trained model. */
import { describe, expect, test } from "vitest";
import type { Column, Dataset, Sequence, Units } from "../../src/data/dataset.ts";
import { sequenceSource, tableFields, tableSequence } from "../../src/data/field-dataset.ts";
import type { Fields } from "../../src/data/fields.ts";
import { scaleSeries, seriesUnits } from "../../src/data/series-units.ts";
import { normalLogMass } from "../../src/distributions/normal-mass.ts";
import { exportGraph } from "../../src/export/export.ts";
import { type BacktestForecast, backtest } from "../../src/inference/backtest.ts";
import { classifySequences } from "../../src/inference/classify.ts";
import { filterSequences } from "../../src/inference/filter.ts";
import { forecastSequences } from "../../src/inference/forecast.ts";
import { imputeSequences } from "../../src/inference/impute.ts";
import { scoreByParticles } from "../../src/inference/particle-scores.ts";
import { ParticleStream } from "../../src/inference/particle-stream.ts";
import { tableFeeder } from "../../src/inference/rows.ts";
import { sampleSequences } from "../../src/inference/sample.ts";
import { scoreSequences } from "../../src/inference/score.ts";
import { Stream } from "../../src/inference/stream.ts";
import { hmm } from "../../src/models/hmm/family.ts";
import type { Model } from "../../src/models/model.ts";
import { ModelFeeder } from "../../src/models/model-feeder.ts";
import { vrnn } from "../../src/models/vrnn/family.ts";
import { Vrnn, type VrnnSizes } from "../../src/models/vrnn/vrnn.ts";
import { Random } from "../../src/random/generator.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { emptyFloat32, float32, type Runtime, type Values } from "../../src/runtime/runtime.ts";
import { Evaluator } from "../../src/train/evaluate.ts";
import { restingStates } from "../../src/train/feeds.ts";
import { objectiveOf, trainingOptions } from "../../src/train/options.ts";
import { unrollProgram } from "../../src/train/programs.ts";
import { eachParameter, initialWeights } from "../../src/train/weights.ts";
import { plainColumn } from "../data/temporary.ts";
import "../slow.ts";

const runtime = nodeRuntime();
const [K, seed] = [4, 3];
const columns = [
  plainColumn("load", { mean: 20, standardDeviation: 5 }),
  plainColumn("heat", { mean: -2, standardDeviation: 40, resolution: 0.5 }),
];

const modelOf = (units: boolean, emission: readonly string[] = [], sizes: Partial<VrnnSizes> = {}) =>
  new Vrnn({ columns, hidden: 6, latent: 2, units, emission, ...sizes });

const weightsOf = (model: Pick<Model, "parameters">): Float32Array => {
  const random = Random.stream(1, "units");
  return initialWeights(model.parameters, 1).map((weight) => weight + 0.2 * random.normal());
};

/** A sequence of both columns, each on a level and of a size of its own. */
function series(label: string, length: number): Sequence {
  const random = Random.stream(2, label);
  const [level, size] = [10 * random.normal(), Math.exp(2 * random.normal())];
  const values = Float64Array.from({ length: 2 * length }, (_, i) =>
    i % 2 === 0 ? level + size * random.normal() : Math.round(2 * (30 * random.normal() + level)) / 2,
  );
  return { name: label, length, values };
}

const withUnits = (sequence: Sequence): Sequence => ({
  ...sequence,
  units: seriesUnits(sequence, columns, K),
});
const plain = [series("a", 9), series("b", 13), series("c", 6)];
const sequences = plain.map(withUnits);
const scores = (
  model: Vrnn,
  of: readonly Sequence[],
  weights = weightsOf(model),
  own: readonly Column[] = columns,
) => scoreSequences({ runtime, model, weights, columns: own, sequences: of, seed });

const expectClose = (actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-4) => {
  expect(actual.length).toBe(expected.length);
  Array.from(expected).forEach((value, i) => {
    expect(Math.abs(actual[i]! - value) / (1 + Math.abs(value)), `entry ${i}`).toBeLessThan(tolerance);
  });
};
const expectEach = (actual: readonly ArrayLike<number>[], expected: readonly ArrayLike<number>[]) => {
  expect(actual.length).toBe(expected.length);
  for (const [i, numbers] of expected.entries()) expectClose(actual[i]!, numbers);
};
const sum = (numbers: Float64Array) => numbers.reduce((all, each) => all + each, 0);

describe("likelihoods are those of the data, in their own units", () => {
  /** Weights under which every step is N(m, s) in the units that it is scaled by, whatever came before. */
  const model = modelOf(true, [], { latent: 0 });
  const [means, raws] = [
    [0.3, -0.7],
    [0.2, 0.9],
  ] as const;
  const weights = new Float32Array(weightsOf(model).length);
  for (const { parameter, values } of eachParameter(model.parameters, weights))
    if (parameter.name === "emission.bias") values.set([...means, ...raws]);

  /** The closed form of an entry. */
  function nats({ values, units }: Sequence, t: number, d: number): number {
    const { mean, standardDeviation: deviation, resolution } = columns[d]!;
    const isOwn = t >= K;
    const [shift, scale] = isOwn ? [units!.shift[d]!, units!.scale[d]!] : [mean, deviation];
    const least = resolution > 0 ? resolution / 2 : 1e-4 * scale;
    const own = scale * Math.log1p(Math.exp(raws[d]!)) + least;
    const recorded = { resolution, standardDeviation: scale };
    return normalLogMass(values[t * 2 + d]!, shift + scale * means[d]!, own, recorded);
  }

  test("a normal density with its Jacobian, the mass of a recorded cell: in scores", async () => {
    (await scores(model, sequences, weights)).forEach(({ logLikelihood, emissionMean }, i) => {
      const own = sequences[i]!;
      const entries = Array.from(logLikelihood, (_, at) => [Math.floor(at / 2), at % 2] as const);
      expectClose(
        logLikelihood,
        entries.map(([t, d]) => nats(own, t, d)),
      );
      expectClose(
        emissionMean,
        entries.map(([t, d]) => {
          const { shift, scale } = own.units!;
          const { mean, standardDeviation: deviation } = columns[d]!;
          return t < K ? mean + deviation * means[d]! : shift[d]! + scale[d]! * means[d]!;
        }),
      );
    });
  });

  test.each(["elbo", "iwae", "fivo"])(
    "and in the bound %s, also of windows and shards",
    async (objective) => {
      const fields = tableFields({ columns, scaleSteps: K });
      const options = trainingOptions.parse({ batchSize: 2, window: 5, shards: 2, objective, particles: 3 });
      const evaluator = await Evaluator.create(runtime, model, fields, await objectiveOf(options), options);
      const { natsPerStep } = await evaluator.bound(weights, sequenceSource(sequences, fields));
      await evaluator.dispose();
      const all = sequences.flatMap((own) =>
        Array.from({ length: 2 * own.length }, (_, at) => nats(own, Math.floor(at / 2), at % 2)),
      );
      const steps = sequences.reduce((total, { length }) => total + length, 0);
      expect(natsPerStep).toBeCloseTo(sum(Float64Array.from(all)) / steps, 4);
    },
  );

  test("increments are units of each step: its shift is the value before", async () => {
    const scale = [2, 8] as const;
    const moving = plain.map((sequence): Sequence => {
      const { length, values } = sequence;
      const shift = values.map((_, i) => values[i - 2] ?? 0);
      return {
        ...sequence,
        units: { shift, scale: values.map((_, i) => scale[i % 2]!), from: length > 8 ? 1 : 0 },
      };
    });
    (await scores(model, moving, weights)).forEach(({ logLikelihood }, i) => {
      const { values, units } = moving[i]!;
      const expected = values.map((value, at) => {
        const [d, isFirst] = [at % 2, at < 2 && units!.from === 1] as const;
        const { mean, standardDeviation: deviation, resolution } = columns[d]!;
        const [shift, size] = isFirst ? [mean, deviation] : [values[at - 2] ?? 0, scale[d]!];
        const least = resolution > 0 ? resolution / 2 : 1e-4 * size;
        const spread = size * Math.log1p(Math.exp(raws[d]!)) + least;
        return normalLogMass(value, shift + size * means[d]!, spread, {
          resolution,
          standardDeviation: size,
        });
      });
      expectClose(logLikelihood, expected);
    });
  });

  test("the density of three steps, of which two tell the scale of the third, integrates to one", async () => {
    const [one, grid] = [[plainColumn("x", { mean: 1, standardDeviation: 2 })], 33];
    const narrow = new Vrnn({ columns: one, hidden: 4, latent: 0, units: true });
    const own = weightsOf(narrow);
    // x₁ and x₂ over 1 ± 20, x₃ over ± 12 of the deviations that they tell; the trapezoidal rule in each.
    const places = Array.from({ length: grid }, (_, i) => (2 * i) / (grid - 1) - 1);
    const first = places.flatMap((a) => places.map((b) => [1 + 20 * a, 1 + 20 * b + 1e-3] as const));
    const rows = first.flatMap(([x1, x2]) => {
      const [shift, scale] = [(x1 + x2) / 2, Math.abs(x1 - x2) / 2];
      return places.map((c) => ({ values: Float64Array.of(x1, x2, shift + 12 * scale * c), scale }));
    });
    const made = rows.map(
      ({ values }, i): Sequence => ({
        name: `${i}`,
        length: 3,
        values,
        units: seriesUnits({ length: 3, values }, one, 2),
      }),
    );
    const told = await scoreSequences({
      runtime,
      model: narrow,
      weights: own,
      columns: one,
      sequences: made,
      seed,
      batchSize: 4096,
    });
    const step = 2 / (grid - 1);
    const total = told.reduce(
      (all, { total: nats }, i) => all + Math.exp(sum(nats)) * (20 * step) ** 2 * 12 * rows[i]!.scale * step,
      0,
    );
    expect(total).toBeCloseTo(1, 2);
  });

  test("without units of their own, a model that reads them says what one says that does not", async () => {
    for (const emission of [[], ["persistent"], ["laplace"]]) {
      const [reads, not] = [modelOf(true, emission), modelOf(false, emission)];
      const [some, others] = [await scores(reads, plain), await scores(not, plain)];
      some.forEach(({ total, emissionMean }, i) => {
        expectClose(total, others[i]!.total);
        expectClose(emissionMean, others[i]!.emissionMean);
      });
    }
  });
});

describe("no step knows what comes after it, its own value included", () => {
  test.each([0, K - 1, K, K + 3])("step %d changes no score before it", async (s) => {
    const model = modelOf(true, ["persistent"]);
    const [own] = plain;
    const values = own!.values.map((value, i) => (i >= 2 * s ? value + 7 : value));
    const [[before], [after]] = [
      await scores(model, [withUnits(own!)]),
      await scores(model, [withUnits({ ...own!, values })]),
    ];
    expectClose(after!.total.subarray(0, s), before!.total.subarray(0, s), 1e-6);
    expect(Math.abs(after!.total[s]! - before!.total[s]!)).toBeGreaterThan(1e-3);
  });
});

describe("a series that is a times as large, b higher, and scaled so", () => {
  const [a, b] = [250, -7e3];
  const free: readonly Column[] = columns.map((column) => ({ ...column, resolution: 0 }));
  const model = new Vrnn({ columns: free, hidden: 6, latent: 2, units: true, emission: ["persistent"] });
  const weights = weightsOf(model);
  const gaps = (sequence: Sequence): Sequence => ({
    ...sequence,
    values: sequence.values.map((value, i) => (i % 5 === 3 ? Number.NaN : value)),
  });
  const units: Units = { shift: Float64Array.of(4, -1), scale: Float64Array.of(3, 25) };
  const small = plain.map((sequence) => ({ ...sequence, units }));
  const larger = (sequence: Sequence): Sequence => ({
    ...sequence,
    values: sequence.values.map((value) => a * value + b),
    units: {
      shift: units.shift.map((shift) => a * shift + b),
      scale: units.scale.map((scale) => a * scale),
    },
  });
  const mapped = (numbers: ArrayLike<number>) => Array.from(numbers, (number) => a * number + b);
  const settings = { runtime, model, weights, columns: free, seed, particles: 7 };

  test("scores log a less for each entry that was observed", async () => {
    const [some, others] = [
      await scores(model, small.map(gaps), weights, free),
      await scores(model, small.map(gaps).map(larger), weights, free),
    ];
    some.forEach(({ logLikelihood, emissionMean }, i) => {
      const less = logLikelihood.map((nats, at) => (at % 5 === 3 ? 0 : nats - Math.log(a)));
      expectClose(others[i]!.logLikelihood, less);
      expectClose(others[i]!.emissionMean, mapped(emissionMean));
    });
  });

  test("is scored so by particles", async () => {
    const of = (all: readonly Sequence[]) => scoreByParticles({ ...settings, sequences: all });
    const [some, others] = [await of(small.map(gaps)), await of(small.map(gaps).map(larger))];
    some.forEach(({ total, logLikelihood, length }, i) => {
      const less = logLikelihood.map((nats, at) => (at % 5 === 3 ? 0 : nats - Math.log(a)));
      expectClose(others[i]!.logLikelihood, less);
      const seen = (t: number) => [2 * t, 2 * t + 1].filter((at) => at % 5 !== 3).length;
      const steps = Array.from({ length }, (_, t) => total[t]! - seen(t) * Math.log(a));
      expectClose(others[i]!.total, steps);
    });
  });

  test("is told the same labels", async () => {
    const fields: Fields = {
      ...tableFields({ columns: free, scaleSteps: K }),
      label: { kind: "label", role: "label", axis: "none", levels: ["low", "high"] },
    };
    const readout = { field: "label", levels: 2, over: "sequence" } as const;
    const telling = vrnn.build({ columns: free, scaleSteps: K, readout }, { hidden: 6, latent: 2 });
    const own = { runtime, model: telling, weights: weightsOf(telling), fields, seed };
    const of = (all: readonly Sequence[]) =>
      classifySequences({ ...own, source: sequenceSource(all, fields) });
    const [some, others] = [await of(small.map(gaps)), await of(small.map(gaps).map(larger))];
    expectEach(
      others.map(({ logProb }) => logProb),
      some.map(({ logProb }) => logProb),
    );
    expect(some.map(({ logProb }) => logProb)).not.toEqual(
      (await of(plain.map(gaps))).map(({ logProb }) => logProb),
    );
  });

  test("is forecast so", async () => {
    const of = (all: readonly Sequence[]) => forecastSequences({ ...settings, sequences: all, horizon: 5 });
    const [some, others] = [await of(small.map(gaps)), await of(small.map(gaps).map(larger))];
    some.forEach(({ samples, emissionMean }, i) => {
      expectClose(others[i]!.emissionMean, mapped(emissionMean));
      expectEach(others[i]!.samples, samples.map(mapped));
    });
  });

  test("is backtested so", async () => {
    const of = async (all: readonly Sequence[]) => {
      const casts: BacktestForecast[] = [];
      for await (const group of backtest({ ...settings, sequences: all, horizon: 3, every: 4 }))
        casts.push(...group);
      return casts;
    };
    const [some, others] = [await of(small), await of(small.map(larger))];
    expect(some.map(({ origin }) => origin)).toEqual([4, 4, 4, 8, 8, 12]);
    some.forEach(({ samples }, i) => {
      expectEach(others[i]!.samples, samples.map(mapped));
    });
  });

  test("has its gaps filled so", async () => {
    const of = (all: readonly Sequence[]) => imputeSequences({ ...settings, sequences: all, lag: 2 });
    const [some, others] = [await of(small.map(gaps)), await of(small.map(gaps).map(larger))];
    some.forEach((one, i) => {
      expect(one.gaps.length).toBeGreaterThan(0);
      const drawn = one.gaps.map(({ draws }) => mapped(draws));
      expectEach(
        others[i]!.gaps.map(({ draws }) => draws),
        drawn,
      );
    });
  });

  test("is filtered so", async () => {
    const of = (all: readonly Sequence[]) => filterSequences({ ...settings, sequences: all });
    const [some, others] = [await of(small.map(gaps)), await of(small.map(gaps).map(larger))];
    some.forEach(({ forecast, forecastMean, emissionMean }, i) => {
      expectClose(others[i]!.forecastMean, mapped(forecastMean));
      expectEach(others[i]!.forecast, forecast.map(mapped));
      expectEach(others[i]!.emissionMean, emissionMean.map(mapped));
    });
  });
});

describe("forecasts of a series that is scaled by its own first steps", () => {
  const model = modelOf(true);
  const settings = { runtime, model, weights: weightsOf(model), columns, seed, particles: 5 };

  test("are refused before those were seen", async () => {
    const short = withUnits(series("short", K - 1));
    await expect(forecastSequences({ ...settings, sequences: [short], horizon: 2 })).rejects.toThrow(
      /the scale of a sequence takes 4 steps, 3 were seen/,
    );
    const [whole] = await forecastSequences({
      ...settings,
      sequences: [withUnits(series("s", K))],
      horizon: 2,
    });
    expect(whole!.samples).toHaveLength(2);
  });

  test("of the past set out once they were seen", async () => {
    const origins: number[] = [];
    for await (const group of backtest({ ...settings, sequences, horizon: 2, every: 1 }))
      origins.push(...group.map(({ origin }) => origin));
    expect(Math.min(...origins)).toBe(K);
  });

  test("are refused where units change from step to step", async () => {
    const own = series("moving", 5);
    const each = Float64Array.from({ length: 10 }, (_, i) => 1 + i);
    const moving = { ...own, units: { shift: each, scale: each } };
    await expect(forecastSequences({ ...settings, sequences: [moving], horizon: 2 })).rejects.toThrow(
      expect.objectContaining({ code: "forecast/units" }),
    );
  });
});

describe("a grid that does not hold 0", () => {
  const [step, origin] = [0.5, 0.2];
  const one = (extra: Partial<Column>) => [
    plainColumn("x", { mean: 5, standardDeviation: 3, resolution: step, ...extra }),
  ];
  const [shifted, usual] = [one({ origin }), one({ mean: 5 - origin })];
  const modelOn = (own: readonly Column[]) => new Vrnn({ columns: own, hidden: 6, latent: 2, units: true });
  const weights = weightsOf(modelOn(shifted));
  const settings = { runtime, weights, seed, count: 4, steps: 9, scaleSteps: K };
  const sampled = () => sampleSequences({ ...settings, model: modelOn(shifted), columns: shifted });

  test("is that of samples, in the units that their own first steps tell", async () => {
    const values = (await sampled()).flatMap((sequence) => Array.from(sequence.values));
    for (const value of values) {
      const steps = Math.round((value - origin) / step);
      expect(value).toBe(Number((origin + steps * step).toFixed(1)));
    }
    expect(new Set(values).size).toBeGreaterThan(5);
  });

  test("scores as the same values do on one that holds 0", async () => {
    const some = await sampled();
    const moved = some.map((sequence): Sequence => {
      const values = sequence.values.map((value) => value - origin);
      return { ...sequence, values, units: seriesUnits({ length: 9, values }, usual, K) };
    });
    const [own, others] = [
      await scores(modelOn(shifted), some, weights, shifted),
      await scores(modelOn(usual), moved, weights, usual),
    ];
    own.forEach(({ logLikelihood }, i) => {
      expectClose(others[i]!.logLikelihood, logLikelihood);
    });
  });
});

describe("what is sampled", () => {
  const one = [plainColumn("x", { mean: 5, standardDeviation: 3 })];
  const model = new Vrnn({ columns: one, hidden: 6, latent: 0, units: true });
  const weights = weightsOf(model);
  const sample = (steps: number, count: number) =>
    sampleSequences({ runtime, model, weights, columns: one, count, steps, seed, scaleSteps: K });

  test("goes on in the units that its own first steps tell, however long it is", async () => {
    const [some, longer, first] = [await sample(9, 3), await sample(14, 3), await sample(K, 3)];
    some.forEach(({ values, units }, i) => {
      expect(units).toEqual(seriesUnits({ length: 9, values }, one, K));
      expectClose(longer[i]!.values.subarray(0, 9), values);
      expectClose(values.subarray(0, K), first[i]!.values);
      expect(first[i]!.units).toBeUndefined();
    });
  });

  test("is cut once where its units change, and else by the window alone", async () => {
    let runs = 0;
    const counting: Runtime = {
      ...runtime,
      compile: async (program) => {
        const executable = await runtime.compile(program);
        const run = executable.run.bind(executable);
        executable.run = (...inputs) => {
          runs += 1;
          return run(...inputs);
        };
        return executable;
      },
    };
    const settings = { runtime: counting, model, weights, columns: one, count: 2, seed, scaleSteps: K };
    const long = await sampleSequences({ ...settings, steps: 300 });
    expect(runs).toBe(3); // of K, 256 and the rest
    const cut = await sampleSequences({ ...settings, steps: 300, window: K - 1 });
    expect(runs).toBe(3 + 2 + Math.ceil((300 - K) / (K - 1)));
    for (const [i, { values, units }] of cut.entries()) {
      expectClose(values, long[i]!.values);
      expect(units).toEqual(long[i]!.units);
    }
  });

  test("is as the model says: standard normal once its means and deviations are taken away", async () => {
    const [count, steps] = [400, 10];
    const drawn = await sample(steps, count);
    const parts = drawn.map((sequence) => {
      const { length, values, units } = tableSequence(sequence);
      return { length, values, ...(units && { units }) };
    });
    const [fed] = tableFeeder(model, one).feed(parts);
    const executable = await runtime.compile(unrollProgram(model, ["emissionParameters"]));
    const { emissionParameters: raw } = await executable.run({
      parameters: float32([weights.length], weights),
      ...fed,
      noise: emptyFloat32([steps, count, 0]),
      ...restingStates(model, count),
    });
    await executable.dispose();
    const x = (fed as Values)["x"]!.data;
    for (const [from, to] of [
      [0, K],
      [K, steps],
    ] as const) {
      const z: number[] = [];
      for (let i = from * count; i < to * count; i++) {
        const [mean, scale] = [Number(raw!.data[2 * i]), Number(raw!.data[2 * i + 1])];
        z.push((Number(x[i]) - mean) / (Math.log1p(Math.exp(scale)) + 1e-4));
      }
      const mean = z.reduce((all, each) => all + each, 0) / z.length;
      const variance = z.reduce((all, each) => all + each ** 2, 0) / z.length;
      expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(z.length)); // four standard errors
      expect(Math.abs(variance - 1)).toBeLessThan(4 * Math.sqrt(2 / z.length));
    }
  });
});

describe("refused by name", () => {
  const coded = (code: string) => expect.objectContaining({ code });

  test("units that the model does not read", async () => {
    const model = modelOf(false);
    await expect(scores(model, sequences)).rejects.toThrow(coded("model/units"));
    const settings = { runtime, model, weights: weightsOf(model), columns, seed, particles: 3 };
    await expect(forecastSequences({ ...settings, sequences, horizon: 2 })).rejects.toThrow(
      coded("model/units"),
    );
    await expect(scoreByParticles({ ...settings, sequences })).rejects.toThrow(coded("model/units"));
    const readout = { field: "label", levels: 2, over: "sequence" } as const;
    const telling = new Vrnn({ columns, hidden: 6, latent: 2, readout });
    const fields: Fields = {
      ...tableFields({ columns }),
      label: { kind: "label", role: "label", axis: "none", levels: ["low", "high"] },
    };
    const own = { ...settings, model: telling, weights: weightsOf(telling), fields };
    await expect(classifySequences({ ...own, source: sequenceSource(sequences, fields) })).rejects.toThrow(
      coded("model/units"),
    );
  });

  test.each([
    ["a scale of 0", { shift: [0, 0], scale: [1, 0] }],
    ["a shift that is no number", { shift: [Number.NaN, 0], scale: [1, 1] }],
    ["an endless scale", { shift: [0, 0], scale: [1, Number.POSITIVE_INFINITY] }],
  ])("%s", (_, { shift, scale }) => {
    const feeder = new ModelFeeder(modelOf(true), tableFields({ columns }));
    const units = { x: { shift: Float64Array.from(shift), scale: Float64Array.from(scale) } };
    const part = { length: 1, values: { x: Float64Array.of(1, 2) }, units };
    expect(() => feeder.feed([part])).toThrow(coded("data/units"));
  });

  test("units of a column that is not scaled", () => {
    const flags = [plainColumn("flag", { kind: "binary", mean: 0.5 })];
    const model = new Vrnn({ columns: flags, hidden: 3, latent: 1, units: true });
    const units = { x: { shift: Float64Array.of(1), scale: Float64Array.of(1) } };
    const part = { length: 1, values: { x: Float64Array.of(1) }, units };
    expect(() => new ModelFeeder(model, tableFields({ columns: flags })).feed([part])).toThrow(
      coded("data/units"),
    );
  });

  test("live data and exported graphs, a model with one scale for all", async () => {
    const model = modelOf(true);
    const weights = weightsOf(model);
    await expect(Stream.open({ runtime, model, weights, columns, seed })).rejects.toThrow(
      coded("model/units"),
    );
    await expect(
      ParticleStream.open({ runtime, model, weights, columns, seed, particles: 3 }),
    ).rejects.toThrow(coded("model/units"));
    for (const name of ["score", "step", "sample", "encode"] as const)
      expect(() => exportGraph(name, { model, weights, columns, family: "vrnn", version: "0" })).toThrow(
        coded("model/units"),
      );
    expect(() => hmm.build({ columns, scaleSteps: K }, {})).toThrow(coded("model/units"));
  });
});

test("a data set that is scaled series by series is trained on, and told apart from one that is not", () => {
  const data: Dataset = { columns, splits: { train: plain, valid: [], test: [] }, notes: [] };
  expect(tableFields(scaleSeries(data, K)).x.scaleSteps).toBe(K);
  expect(tableFields(data).x).not.toHaveProperty("scaleSteps");
});
