import { describe, expect, test, vi } from "vitest";
import { Storn } from "../../examples/16-own-model.ts";
import { EncoderDecoder } from "../../examples/models/encoder-decoder.ts";
import { levelled } from "../../examples/models/levelled.ts";
import { waveModel } from "../../examples/models/wave-model.ts";
import type { ConditionColumn } from "../../src/data/dataset.ts";
import { emissionOf } from "../../src/distributions/mixed.ts";
import { add, constant, cumsum, expand, squeeze, sum, type Tensor } from "../../src/graph/index.ts";
import type { TokenOptions } from "../../src/models/ends.ts";
import { FrameVrnn } from "../../src/models/frame-vrnn/frame-vrnn.ts";
import { Hmm } from "../../src/models/hmm/hmm.ts";
import { InputEncoder } from "../../src/models/inputs.ts";
import type { LatentModel, Model } from "../../src/models/model.ts";
import { Srnn } from "../../src/models/srnn/srnn.ts";
import { Vrnn, type VrnnOptions, type VrnnSizes } from "../../src/models/vrnn/vrnn.ts";
import { GRU } from "../../src/nn/cells.ts";
import { Linear } from "../../src/nn/linear.ts";
import { objectives } from "../../src/objectives/index.ts";
import { plainColumn } from "../data/temporary.ts";
import { mixed } from "../inference/columns.ts";
import { conforms, type DrawRow, dataOf, leaks, normalRow, samplesAsLikely } from "./conformance.ts";

vi.mock("vrnn", () => import("../../src/index.ts")); // examples import what is built

/** Examples have the types of what is built. */
const ofExample = (model: unknown) => model as Model;

const columns = [plainColumn("a"), plainColumn("b")];
const condition: ConditionColumn = { ...plainColumn("price"), role: "covariate" };
const mixedRow = (random: { normal(): number; integer(bound: number): number }) => [
  random.normal(),
  random.integer(2),
  random.integer(3),
];
const bounds = {
  elbo: objectives.elbo.create({}),
  iwae: objectives.iwae.create({ particles: 3 }),
  fivo: objectives.fivo.create({ particles: 3 }),
};

/** A VRNN of seven tokens, fed with numbers `[T, B, 1]` as the suite feeds columns. */
const ofTokens = (options: Partial<VrnnSizes & TokenOptions>) => () =>
  Object.defineProperty(
    new Vrnn({ tokens: 7, embedding: 4, tied: false, hidden: 6, latent: 2, ...options }),
    "observation",
    { value: undefined },
  );
const token: DrawRow = (random) => [random.integer(7)];

const vrnn = (options: Partial<VrnnOptions>) => () => new Vrnn({ columns, hidden: 6, latent: 2, ...options });

/** A recurrent network without latent variables: its bound is its likelihood. */
function rnn(of = columns): LatentModel {
  const encoder = new InputEncoder(of);
  const cell = new GRU("cell", { x: encoder.width }, 5);
  const emission = emissionOf(of);
  const decoder = new Linear("decoder", { h: 5 }, emission.width);
  return {
    parameters: [...cell.parameters, ...decoder.parameters],
    width: of.length,
    state: { h: [5] },
    latents: [],
    emission,
    dropoutSites: {},
    features: (_, { values, mask }) => ({ x: encoder.encode(values, mask) }),
    emissionParameters: (net, { state }) => decoder.apply(net, state),
    transition: (net, { state, x }) => cell.step(net, x, state),
  };
}

/** The model of an example, fed with rows of numbers of which each has a mask of its own. */
const inRows = (model: unknown, changes: Partial<LatentModel> = {}): Model =>
  Object.assign(Object.create(ofExample(model)), { observation: undefined, ...changes });

/** A model that has read "fedcba" before every sequence. */
function reading(attends: boolean): Model {
  const model = new EncoderDecoder({ tokens: 10, hidden: 6, attends });
  const source = expand(constant([9, 8, 7, 6, 5, 4], [6, 1], "int64"), [6, "B"]);
  const lengths = expand(constant([6], [1], "int64"), ["B"]);
  const { given } = ofExample(model) as LatentModel;
  return inRows(model, {
    inputs: {},
    given: (net) => given!.call(model as never, net, { inputs: { source, lengths } }),
  });
}

describe("models keep the contract", () => {
  conforms("VRNN", vrnn({}), { objectives: bounds });
  conforms("VRNN-I", vrnn({ prior: "standard", residual: false }));
  conforms("VRNN with conditions, two layers of LSTM, a learned beginning", () =>
    vrnn({ conditions: [condition], cell: "lstm", layers: 2, layerNorm: true, initial: "learned" })(),
  );
  conforms(
    "VRNN of mixed columns that lean on the last value",
    () => vrnn({ columns: mixed, emission: ["persistent"] })(),
    { row: mixedRow },
  );
  conforms("VRNN of tokens", ofTokens({}), { row: token, objectives: bounds });
  conforms("VRNN of tokens with a tied output and no latent variables", ofTokens({ tied: true, latent: 0 }), {
    row: token,
  });
  conforms("STORN of the example", () => ofExample(new Storn(columns, 6, 2)), { objectives: bounds });
  conforms("RNN without latent variables", () => rnn());
  conforms("SRNN", () => new Srnn({ columns, hidden: 6, latent: 2 }), { objectives: bounds });
  conforms(
    "SRNN of LSTM cells with conditions and a posterior of its own",
    () => new Srnn({ columns, conditions: [condition], hidden: 6, latent: 2, cell: "lstm", residual: false }),
  );
  conforms("two levels of the example", () => ofExample(levelled({ columns }, 2)), {
    objectives: bounds,
  });
  conforms("one latent variable for a sequence, of the example", () => ofExample(waveModel({ columns })), {
    objectives: bounds,
  });
  conforms("HMM", () => new Hmm({ columns, states: 3 }));
  conforms(
    "moving pictures in black and white",
    () => inRows(new FrameVrnn({ shape: [4, 4], hidden: 6, latent: 2 })),
    {
      row: (random) => Array.from({ length: 16 }, () => random.integer(2)),
      objectives: bounds,
    },
  );
  conforms(
    "moving pictures in colours of 256 shades",
    () => inRows(new FrameVrnn({ shape: [4, 8, 3], levels: 256, hidden: 5, latent: 2, channels: 2 })),
    {
      row: (random) => Array.from({ length: 96 }, () => random.integer(256) / 255),
      objectives: bounds,
    },
  );
  for (const attends of [true, false])
    conforms(
      `encoder and decoder of the example, ${attends ? "with" : "without"} attention`,
      () => reading(attends),
      {
        row: (random) => [4 + random.integer(6)],
      },
    );
});

describe("what is sampled is as likely as the model says", () => {
  const yesOrNo = [plainColumn("yes", { kind: "binary", mean: 0.4 })];
  samplesAsLikely("RNN without latent variables", () => rnn(yesOrNo));
  samplesAsLikely("HMM", () => new Hmm({ columns: yesOrNo, states: 3 }));
  samplesAsLikely("SRNN", () => new Srnn({ columns: yesOrNo, hidden: 6, latent: 2 }));
  samplesAsLikely("VRNN", vrnn({ columns: yesOrNo }));
  samplesAsLikely("VRNN of two tokens", ofTokens({ tokens: 2 }));
  samplesAsLikely("VRNN with a learned beginning", vrnn({ columns: yesOrNo, initial: "learned" }));
});

/** What comes at a step and after it, added up. */
const fromHereOn = (x: Tensor): Tensor => cumsum(x, 0, { reverse: true });

/** Leaves the model as it is but for some of its methods. */
const leaky = (changes: (model: LatentModel) => Partial<LatentModel>): Model => {
  const model = vrnn({})();
  return Object.assign(Object.create(model), changes(model)) as Model;
};

describe("the leak test finds", () => {
  const found = (model: Model) => leaks(model, dataOf(model, normalRow(2)));

  test("features that look ahead", async () => {
    const model = leaky(({ features }) => ({
      features(net, { values, mask }) {
        return features.call(this, net, { values: fromHereOn(values), mask });
      },
    }));
    expect(await found(model)).toEqual(expect.arrayContaining(["latent of the prior's z", "raw"]));
  });

  test("an emission that reads what evidence is meant to give to posteriors alone", async () => {
    let whole: Tensor | undefined;
    const model = leaky(({ emissionParameters }) => ({
      evidence: (_, { x }) => {
        whole = sum(x["x"]!, [0, 2], { keepDims: true }); // [1, B, 1]
        return { slices: {}, fixed: {} };
      },
      emissionParameters(net, context) {
        return add(emissionParameters.call(this, net, context), squeeze(whole!, 0));
      },
    }));
    expect(await found(model)).toEqual(["raw of the prior's z", "expected of the prior's z"]);
  });

  test("a posterior that reads what comes later, of a model that claims to be causal", async () => {
    const model = leaky(({ latents: [block], features }) => ({
      features(net, observed) {
        const read = features.call(this, net, observed);
        return { ...read, later: fromHereOn(read["x"]!) };
      },
      latents: [
        {
          ...block!,
          posterior: (net, { x, ...context }) =>
            block!.posterior!(net, { ...context, x: { x: x["later"]! } }),
        },
      ],
    }));
    const seen = await found(model);
    expect(seen).toContain("latent");
    expect(seen.filter((part) => part.includes("prior"))).toEqual([]);
  });
});
