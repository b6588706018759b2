/** Windows computed in pieces: against the gradient of the whole window. */
import { describe, expect, test } from "vitest";
import "../built.ts";
import { datasetFromArrays } from "../../src/data/tables/arrays.ts";
import type { VrnnError } from "../../src/errors.ts";
import { modelFamilies } from "../../src/models/families.ts";
import type { Model } from "../../src/models/model.ts";
import { elbo, plainElbo } from "../../src/objectives/elbo.ts";
import { objectives } from "../../src/objectives/index.ts";
import type { Objective } from "../../src/objectives/objective.ts";
import { Random } from "../../src/random/generator.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import {
  emptyFloat32,
  float32,
  type Runtime,
  type TensorValue,
  type Values,
} from "../../src/runtime/runtime.ts";
import { trainingOptions } from "../../src/train/options.ts";
import { piecewiseGradient } from "../../src/train/piecewise.ts";
import { gradientProgram, type LossOptions } from "../../src/train/programs.ts";
import { Trainer } from "../../src/train/trainer.ts";
import { initialWeights } from "../../src/train/weights.ts";

const runtime = nodeRuntime();
const wave = (phase: number, length: number) => Array.from({ length }, (_, t) => Math.sin(t / 3 + phase));
const data = datasetFromArrays(
  Array.from({ length: 6 }, (_, i) => ({ a: wave(i, 23 + i), b: wave(i + 2, 23 + i) })),
);
const build = (family: "vrnn" | "hmm" | "srnn", options: object): Model =>
  modelFamilies[family].build({ columns: data.columns }, modelFamilies[family].options.parse(options));

/** Numbers for everything that a program takes of a shard; its state is under way. */
function shardOf(program: ReturnType<typeof gradientProgram>, rows: number, seed: number): Values {
  const random = Random.stream(seed, "pieces");
  const sizes: Readonly<Record<string, number>> = { T: 10, B: rows };
  const own = Object.entries(program.inputs).filter(([, { shape }]) => shape.includes("B"));
  return Object.fromEntries(
    own.map(([name, type]) => {
      const shape = type.shape.map((dim) => (typeof dim === "number" ? dim : (sizes[dim] as number)));
      const { data: zeros } = emptyFloat32(shape);
      const draw = name === "mask" ? () => Number(random.uniform() < 0.8) : () => random.uniform();
      return [name, float32(shape, name.endsWith("begun") ? zeros : zeros.map(draw))];
    }),
  );
}

/** Weights, and ones for what else all shards get. */
function sharedOf(program: ReturnType<typeof gradientProgram>, weights: Float32Array): Values {
  const fixed = Object.entries(program.inputs).filter(([, { shape }]) => !shape.includes("B"));
  const ones = fixed.map(([name, { shape }]) => {
    const sizes = shape.map(Number);
    return [name, float32(sizes, emptyFloat32(sizes).data.fill(1))] as const;
  });
  return { ...Object.fromEntries(ones), parameters: float32([weights.length], weights) };
}

const copiesOf = (shards: readonly Values[]): Values[] =>
  shards.map((own) =>
    Object.fromEntries(
      Object.entries(own).map(([name, value]) => [
        name,
        { ...value, data: value.data.slice() } as TensorValue,
      ]),
    ),
  );

const vrnn = { hidden: 6, latent: 3 };
const cases: readonly (readonly [string, Model, Objective, LossOptions])[] = [
  ["a VRNN", build("vrnn", vrnn), plainElbo, {}],
  ["one that begins in a state of its own", build("vrnn", { ...vrnn, initial: "learned" }), plainElbo, {}],
  ["one that drops hidden values", build("vrnn", vrnn), plainElbo, { dropout: ["h", "decoder"] }],
  ["one that drops recurrent weights", build("vrnn", vrnn), plainElbo, { weightDropout: true }],
  ["free bits", build("vrnn", vrnn), elbo({ labelSmoothing: 0, klWarmupSteps: 0, freeBits: 0.1 }), {}],
  ["an LSTM of two layers", build("vrnn", { ...vrnn, cell: "lstm", layers: 2 }), plainElbo, {}],
  ["a hidden Markov model", build("hmm", { states: 3 }), plainElbo, {}],
];

describe.each(cases)("pieces of a window: %s", (_, model, objective, loss) => {
  test.each([3, 5, 10, 99])("of %i of 10 steps give what the whole gives", async (steps) => {
    const program = gradientProgram(model, objective, loss);
    const weights = initialWeights(model.parameters, 1);
    const shared = sharedOf(program, weights);
    const shards = [shardOf(program, 3, 1), shardOf(program, 2, 2)];
    const whole = await runtime.compileShards(program, 2);
    const expected = await whole.run(shared, copiesOf(shards));
    await whole.dispose();
    const pieces = await piecewiseGradient({ runtime, model, objective, shards: 2, steps, ...loss });
    const into = await runtime.upload(emptyFloat32([weights.length]));
    const results = await pieces.run(shared, copiesOf(shards), [{ gradient: into }]);
    await pieces.dispose();
    const found = [{ ...results[0], gradient: await runtime.download(into) }, results[1]] as readonly [
      Values,
      Values,
    ];
    expected.forEach((all, shard) => {
      expect(Object.keys(found[shard]!).sort()).toEqual(Object.keys(all).sort());
      for (const [name, { data: numbers }] of Object.entries(all)) {
        const scale = Math.hypot(...(numbers as Float32Array)) + 1e-3;
        (numbers as Float32Array).forEach((value, i) => {
          expect(Math.abs((found[shard]![name]!.data[i] as number) - value) / scale, name).toBeLessThan(2e-6);
        });
      }
    });
  });
});

test("training takes the same steps with and without pieces, up to rounding", async () => {
  const model = build("vrnn", vrnn);
  const trained = async (recompute: number) => {
    const options = trainingOptions.parse({ epochs: 2, batchSize: 4, window: 12, recompute });
    const trainer = await Trainer.create({ model, data, options, runtime, piecewise: piecewiseGradient });
    for await (const event of trainer.fit()) if (event.type === "end") break;
    const weights = trainer.weights.slice();
    await trainer.dispose();
    return weights;
  };
  const [whole, pieces] = [await trained(0), await trained(5)];
  expect(Math.max(...whole.map((value, i) => Math.abs(value - pieces[i]!)))).toBeLessThan(1e-4);
});

describe("runs of pieces keep the contract of sharded executables", () => {
  const model = build("vrnn", vrnn);
  const program = gradientProgram(model, plainElbo);
  const shared = sharedOf(program, initialWeights(model.parameters, 1));
  const pieces = () => piecewiseGradient({ runtime, model, objective: plainElbo, shards: 1, steps: 3 });
  const shards = () => [shardOf(program, 2, 1)];

  test("what is under way ends well when they are disposed of, and nothing begins afterwards", async () => {
    const executable = await pieces();
    const [expected] = await executable.run(shared, shards());
    const running = executable.run(shared, shards());
    const disposed = executable.dispose();
    expect((await running)[0]!["gradient"]).toEqual(expected!["gradient"]);
    await disposed;
    await expect(executable.run(shared, shards())).rejects.toMatchObject({ code: "runtime/disposed" });
  });

  test("what a single piece would write is refused by name, and written by none", async () => {
    const executable = await pieces();
    const loss = emptyFloat32([]);
    await expect(executable.run(shared, shards(), [{ loss }])).rejects.toMatchObject({
      code: "runtime/run",
      message: expect.stringContaining("the output loss is put together from all pieces"),
    });
    expect(loss.data[0]).toBe(0);
    await executable.dispose();
  });
});

describe("a step that is not finite is told by pieces too", () => {
  const failureOf = async (spoil: (weights: Float32Array) => void) => {
    const compiled: string[][] = [];
    const { compile, ...others } = nodeRuntime();
    const noting: Runtime = {
      ...others,
      compile: (program) => {
        compiled.push(Object.keys(program.outputs));
        return compile(program);
      },
    };
    const parsed = trainingOptions.parse({ batchSize: 4, window: 12, recompute: 5 });
    const trainer = await Trainer.create({
      model: build("vrnn", vrnn),
      data,
      options: parsed,
      runtime: noting,
      piecewise: piecewiseGradient,
    });
    spoil(trainer.weights);
    compiled.length = 0;
    const fitted = async () => {
      for await (const _ of trainer.fit());
    };
    const failure = (await fitted().catch((error) => error)) as VrnnError;
    await trainer.dispose();
    expect(failure.code).toBe("train/not-finite");
    // A program of the whole window would take the memory that pieces are there to spare.
    expect(compiled.filter((outputs) => outputs.includes("gradient"))).toEqual([]);
    return failure.message;
  };

  test("in a parameter", async () => {
    const told = await failureOf((weights) => {
      weights[0] = Number.NaN;
    });
    expect(told).toMatch(/^step 1: the parameter phi_x\.weight is not finite/);
  });

  test("in what the pieces compute", async () => {
    // Larger than float32 can square: the likelihood of the first step overflows.
    const told = await failureOf((weights) => void weights.fill(1e30));
    expect(told).toMatch(/^step 1: the (logLikelihood|kl|loss) is not finite/);
  });
});

test.each([
  ["a posterior that reads on", build("srnn", { hidden: 4, latent: 2 }), plainElbo],
  ["particles", build("vrnn", vrnn), objectives.fivo.create({ particles: 2 })],
] as const)("%s needs the whole window", async (_, model, objective) => {
  await expect(piecewiseGradient({ runtime, model, objective, shards: 1, steps: 4 })).rejects.toMatchObject({
    code: "train/pieces",
    at: "recompute",
  });
});

test("a trainer that has nothing for pieces says so", async () => {
  const options = trainingOptions.parse({ recompute: 5 });
  await expect(Trainer.create({ model: build("vrnn", vrnn), data, options, runtime })).rejects.toMatchObject({
    code: "train/pieces",
    at: "recompute",
  });
});
