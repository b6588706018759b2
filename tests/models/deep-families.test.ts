/** The deep family keeps the contract: gradients of its bounds, leaks, particles, draws as likely as it says. */
import { describe, expect, test } from "vitest";
import type { ConditionColumn, Dataset, Sequence } from "../../src/data/dataset.ts";
import { constant } from "../../src/graph/index.ts";
import { Dmm, directions } from "../../src/models/dmm/dmm.ts";
import { modelFamilies } from "../../src/models/families.ts";
import { Hierarchy } from "../../src/models/hierarchy/hierarchy.ts";
import { capabilitiesOf } from "../../src/models/model.ts";
import { Srnn } from "../../src/models/srnn/srnn.ts";
import { Storn } from "../../src/models/storn/storn.ts";
import { Vrnn } from "../../src/models/vrnn/vrnn.ts";
import { withAuxiliaries } from "../../src/objectives/auxiliary.ts";
import { objectives } from "../../src/objectives/index.ts";
import { Random } from "../../src/random/generator.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { trainingOptions } from "../../src/train/options.ts";
import { Trainer } from "../../src/train/trainer.ts";
import { plainColumn } from "../data/temporary.ts";
import {
  checkGradient,
  conforms,
  type DrawRow,
  dataOf,
  normalRow,
  samplesAsLikely,
  withoutPosteriors,
} from "./conformance.ts";
import "../slow.ts";

const columns = [plainColumn("a"), plainColumn("b")];
const condition: ConditionColumn = { ...plainColumn("price"), role: "covariate" };
const conditions = [condition];
const sizes = { hidden: 6, latent: 2 };
const tokens = { tokens: 7, embedding: 4, tied: true, ...sizes };
const token: DrawRow = (random) => [random.integer(7)];
const bounds = {
  elbo: objectives.elbo.create({}),
  iwae: objectives.iwae.create({ particles: 3 }),
  fivo: objectives.fivo.create({ particles: 3 }),
};

const binary = ["low", "middle", "high"].map((name) => plainColumn(name, { kind: "binary", mean: 0.4 }));
const chord: DrawRow = (random) => binary.map(() => random.integer(2));

/** Made-up sequences of both columns. */
const sequences = (count: number, length: number): Sequence[] =>
  Array.from({ length: count }, (_, i) => {
    const random = Random.stream(i, "sequences");
    return { name: `${i}`, length, values: Float64Array.from({ length: 2 * length }, () => random.normal()) };
  });

const dataset = (all: readonly Sequence[]): Dataset => ({
  columns,
  splits: { train: all.slice(0, -2), valid: all.slice(-2, -1), test: all.slice(-1) },
  notes: [],
});

describe("models keep the contract", () => {
  conforms("STORN", () => new Storn({ columns, ...sizes }), { objectives: bounds });
  conforms(
    "STORN of LSTM cells with conditions",
    () => new Storn({ columns, conditions, cell: "lstm", ...sizes }),
  );
  conforms("STORN of tokens", () => new Storn(tokens), { row: token, objectives: bounds });
  for (const reads of directions)
    conforms(`DMM whose posterior reads ${reads}`, () => new Dmm({ columns, reads, ...sizes, hidden: 7 }), {
      objectives: bounds,
    });
  conforms(
    "DMM of LSTM readers with conditions and a posterior of its own",
    () => new Dmm({ columns, conditions, cell: "lstm", reads: "both", residual: false, ...sizes }),
  );
  conforms("DMM of Student-t steps", () => new Dmm({ columns, latentFamily: "student-t", ...sizes }), {
    objectives: bounds,
  });
  conforms("hierarchy", () => new Hierarchy({ columns, ...sizes }), { objectives: bounds });
  conforms(
    "hierarchy of LSTM cells with conditions",
    () => new Hierarchy({ columns, conditions, cell: "lstm", residual: false, ...sizes }),
  );
  for (const [name, Model] of Object.entries({ Storn, Dmm, Hierarchy, Srnn }))
    conforms(`${name} with a flow`, () => new Model({ columns, flow: 2, ...sizes, latent: 3 }), {
      objectives: bounds,
    });
  conforms("VRNN of chords by NADE", () => new Vrnn({ columns: binary, emission: ["nade"], ...sizes }), {
    row: chord,
    objectives: bounds,
  });
});

describe("what is sampled is as likely as the model says", () => {
  const yesOrNo = [plainColumn("yes", { kind: "binary", mean: 0.4 })];
  samplesAsLikely("STORN", () => new Storn({ columns: yesOrNo, ...sizes }));
  for (const reads of directions)
    samplesAsLikely(
      `DMM whose posterior reads ${reads}`,
      () => new Dmm({ columns: yesOrNo, reads, ...sizes }),
    );
  // Weights of draws from their posteriors are too uneven here.
  samplesAsLikely("hierarchy", () => withoutPosteriors(new Hierarchy({ columns: yesOrNo, ...sizes })));
  samplesAsLikely("SRNN with a flow", () => new Srnn({ columns: yesOrNo, flow: 2, ...sizes }));
  samplesAsLikely("VRNN by NADE", () =>
    withoutPosteriors(new Vrnn({ columns: yesOrNo, emission: ["nade"], ...sizes })),
  );
});

test("a DMM that reads the past alone streams, the others do not", () => {
  const causal = directions.map((reads) => capabilitiesOf(new Dmm({ columns, reads, ...sizes })).causal);
  expect(Object.fromEntries(directions.map((reads, i) => [reads, causal[i]]))).toEqual({
    future: false,
    past: true,
    both: false,
  });
});

describe("Z-forcing", () => {
  const forced = new Srnn({ columns, zForcing: 0.5, ...sizes });
  const objective = withAuxiliaries(objectives.elbo.create({}), forced, {
    activationPenalty: 0,
    temporalPenalty: 0,
  });

  test("what tells the evidence learns by differences; the evidence itself is not moved by it", () =>
    checkGradient(forced, objective, dataOf(forced, normalRow(2)), (name) => name.startsWith("forcing.")));

  test("it changes neither bound nor scores, and is told beside", async () => {
    const data = dataset(sequences(6, 10));
    const options = trainingOptions.parse({ epochs: 2, batchSize: 3, learningRate: 0.01 });
    const trainer = await Trainer.create({ model: forced, data, options, runtime: nodeRuntime() });
    const epochs = [];
    for await (const event of trainer.fit()) if (event.type === "epoch") epochs.push(event);
    const { natsPerStep, ...told } = await trainer.evaluate(data.splits.test);
    await trainer.dispose();
    expect(Object.keys(epochs[0]!.train)).toContain("zForcing");
    expect(Number.isFinite(natsPerStep)).toBe(true);
    expect(told["logLikelihood"]! - told["kl"]!).toBeCloseTo(natsPerStep, 4);
  });

  test("beside particles it is refused", () => {
    expect(() =>
      withAuxiliaries(objectives.fivo.create({ particles: 3 }), forced, {
        activationPenalty: 0,
        temporalPenalty: 0,
      }),
    ).toThrow(/"Z-forcing" by one draw/);
  });
});

test("an RNN is a VRNN without latent variables", () => {
  const rnn = modelFamilies.rnn.build({ columns }, { hidden: 6 });
  const plain = new Vrnn({ columns, hidden: 6, latent: 0 });
  expect(rnn.parameters.map(({ name, shape }) => [name, shape])).toEqual(
    plain.parameters.map(({ name, shape }) => [name, shape]),
  );
  expect(capabilitiesOf(rnn).exact).toBe(true);
});

test("an emission with parameters of its own says nothing without them", () => {
  const { emission } = new Vrnn({ columns: binary, emission: ["nade"], ...sizes });
  const raw = constant(emission.initialBias, [1, emission.width]);
  expect(() => emission.mean(raw)).toThrow(/without them \(bind it/);
});
