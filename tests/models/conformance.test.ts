import { describe, expect, test, vi } from "vitest";
import { Storn } from "../../examples/16-own-model.ts";
import { EncoderDecoder } from "../../examples/models/encoder-decoder.ts";
import { levelled } from "../../examples/models/levelled.ts";
import { localLevel } from "../../examples/models/local-level.ts";
import { waveModel } from "../../examples/models/wave-model.ts";
import type { ConditionColumn } from "../../src/data/dataset.ts";
import { lagOf } from "../../src/data/derived/lags.ts";
import { latentFamilies } from "../../src/distributions/latent/families.ts";
import { normal } from "../../src/distributions/latent/normal.ts";
import { emissionOf } from "../../src/distributions/mixed.ts";
import {
  add,
  cast,
  concat,
  cumsum,
  filledLike,
  max,
  maximum,
  mul,
  split,
  sum,
  type Tensor,
  unsqueeze,
} from "../../src/graph/index.ts";
import { Captioner } from "../../src/models/caption/captioner.ts";
import type { TokenOptions } from "../../src/models/ends.ts";
import { modelFamilies } from "../../src/models/families.ts";
import { FrameVrnn } from "../../src/models/frame-vrnn/frame-vrnn.ts";
import { Hmm } from "../../src/models/hmm/hmm.ts";
import { InputEncoder } from "../../src/models/inputs.ts";
import type { LatentBlock, LatentModel, Model, Tensors } from "../../src/models/model.ts";
import { Srnn } from "../../src/models/srnn/srnn.ts";
import { Trajectory } from "../../src/models/trajectory/trajectory.ts";
import { Translator, type TranslatorOptions } from "../../src/models/translate/translator.ts";
import { VideoVrnn } from "../../src/models/video-vrnn/video-vrnn.ts";
import { Vrnn, type VrnnOptions, type VrnnSizes } from "../../src/models/vrnn/vrnn.ts";
import { GRU } from "../../src/nn/cells.ts";
import { Linear } from "../../src/nn/linear.ts";
import { withAuxiliaries } from "../../src/objectives/auxiliary.ts";
import { objectives } from "../../src/objectives/index.ts";
import { plainColumn } from "../data/temporary.ts";
import { mixed } from "../inference/columns.ts";
import { attendingModel } from "./attending.ts";
import {
  type ConformanceOptions,
  conforms,
  type DrawRow,
  dataOf,
  leaks,
  normalRow,
  samplesAsLikely,
  sourceFaults,
} from "./conformance.ts";
import "../slow.ts";

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

/** A VRNN of seven tokens. */
const ofTokens = (options: Partial<VrnnSizes & TokenOptions>) => () =>
  new Vrnn({ tokens: 7, embedding: 4, tied: false, hidden: 6, latent: 2, ...options });
const token: DrawRow = (random) => [random.integer(7)];

/** The same with a reader of its label. */
const classifying = () =>
  modelFamilies.classify.build(
    {
      tokens: 7,
      grams: { kind: "features", role: "static", axis: "S", size: 5 },
      readout: { field: "label", levels: 2, over: "sequence" },
    },
    { embedding: 4, hidden: 6, latent: 2, reader: 3 },
  );

const trajectory = (latent: number) => () =>
  new Trajectory({ columns, seen: 5, hidden: 6, latent, emission: ["bivariate"], center: ["last"] });

const vrnn = (options: Partial<VrnnOptions>) => () => new Vrnn({ columns, hidden: 6, latent: 2, ...options });

/** Prior and posterior of two families, so that where nothing was observed both are computed. */
function ledByNormals(): Model {
  const model = vrnn({ latentFamily: "student-t" })();
  const [block] = model.latents as [LatentBlock];
  const led: LatentBlock = {
    ...block,
    posterior: (net, context) => {
      const { mean, standardDeviation } = block.posterior!(net, context);
      return normal(mean, standardDeviation);
    },
  };
  return Object.assign(Object.create(model), { latents: [led] });
}

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

const frames = () => new FrameVrnn({ shape: [4, 4], hidden: 6, latent: 2 });
const coloured = () => new FrameVrnn({ shape: [4, 8, 3], levels: 256, hidden: 5, latent: 2, channels: 2 });
const video = (latent: number) => () => new VideoVrnn({ shape: [8, 16], hidden: 4, latent, channels: 2 });
/** Pixels of a frame of 8 × 16. */
const shadesOfVideo: DrawRow = (random) => Array.from({ length: 128 }, () => random.integer(256) / 255);
/** Shades of the colours of a picture. */
const shades: DrawRow = (random) => Array.from({ length: 96 }, () => random.integer(256) / 255);
/** Pixels of a picture. */
const pixels: DrawRow = (random) => Array.from({ length: 16 }, () => random.integer(2));

const reader = (attends: boolean) => () => ofExample(new EncoderDecoder({ tokens: 10, hidden: 6, attends }));
const translator = (options: Partial<TranslatorOptions>) => () =>
  new Translator({ tokens: 10, embedding: 3, hidden: 4, latent: 2, ...options });
const captioner = (latent: number) => () =>
  new Captioner({
    ...{ tokens: 8, embedding: 3, hidden: 4, latent, picture: [8, 8, 3], widths: [8, 8], classes: 3 },
    ...{ classWeight: 1, wordsWeight: 0.5 },
  });
/** A letter, behind four signs. */
const letter = (random: { integer(bound: number): number }) => 4 + random.integer(6);
const letters = { row: (random: { integer(bound: number): number }) => [letter(random)], place: letter };

describe("models keep the contract", () => {
  conforms("VRNN", vrnn({}), { objectives: bounds });
  conforms("VRNN-I", vrnn({ prior: "standard", residual: false }));
  for (const latentFamily of ["student-t", "laplace"] as const) {
    conforms(`VRNN of ${latentFamily} latent variables`, vrnn({ latentFamily }), { objectives: bounds });
    conforms(
      `SRNN of ${latentFamily} latent variables`,
      () => new Srnn({ columns, hidden: 6, latent: 2, latentFamily }),
      { objectives: bounds },
    );
  }
  conforms("VRNN of Student-t latent variables, led by normal ones", ledByNormals, { objectives: bounds });
  conforms("VRNN-I of Laplace latent variables", vrnn({ latentFamily: "laplace", prior: "standard" }));
  conforms("VRNN with conditions, two layers of LSTM, a learned beginning", () =>
    vrnn({ conditions: [condition], cell: "lstm", layers: 2, layerNorm: true, initial: "learned" })(),
  );
  conforms(
    "VRNN of mixed columns that lean on the last value",
    () => vrnn({ columns: mixed, emission: ["persistent"] })(),
    { row: mixedRow },
  );
  conforms("VRNN whose sequences have units of their own", vrnn({ columns, units: true }), {
    objectives: bounds,
  });
  conforms(
    "VRNN of mixed columns that lean on the last value, under units of each step",
    () => vrnn({ columns: mixed, emission: ["persistent"], units: true })(),
    { row: mixedRow, objectives: bounds },
  );
  conforms(
    "VRNN of mixed columns that wander, under units of each step",
    () => vrnn({ columns: mixed, emission: ["random-walk"], units: true })(),
    { row: mixedRow, objectives: bounds },
  );
  conforms("VRNN around the last value", vrnn({ columns, center: ["last"] }), { objectives: bounds });
  conforms(
    "VRNN around the last value and the one of a season ago, under units of each step",
    () =>
      vrnn({
        columns,
        center: ["a=last", "b=season:3+last"],
        conditions: [lagOf(columns[1]!, 3)],
        units: true,
      })(),
    { objectives: bounds },
  );
  conforms(
    "SRNN around the last value",
    () => new Srnn({ columns, hidden: 6, latent: 2, center: ["last"] }),
    { objectives: bounds },
  );
  conforms(
    "SRNN whose sequences have units of their own",
    () => new Srnn({ columns, hidden: 6, latent: 2, units: true }),
  );
  conforms("VRNN of tokens", ofTokens({}), { row: token, objectives: bounds });
  conforms("VRNN of tokens with a tied output and no latent variables", ofTokens({ tied: true, latent: 0 }), {
    row: token,
  });
  conforms("VRNN with latent variables of the whole sequence", vrnn({ latentScope: "sequence" }), {
    objectives: bounds,
  });
  conforms(
    "VRNN of tokens with LSTM cells and latent variables of the whole sequence",
    ofTokens({ latentScope: "sequence", cell: "lstm", layerNorm: true }),
    { row: token, objectives: bounds },
  );
  const telling = ofTokens({ latentScope: "sequence", bagOfWords: true, layers: 2 });
  const penalties = { activationPenalty: 0.5, temporalPenalty: 0.5 };
  conforms("VRNN of tokens whose latent variables tell a bag of words", telling, {
    row: token,
    objectives: {
      "what stands beside": withAuxiliaries(objectives.elbo.create({}), telling(), penalties),
    },
  });
  conforms("STORN of the example", () => ofExample(new Storn(columns, 6, 2)), { objectives: bounds });
  conforms("RNN without latent variables", () => rnn());
  conforms("SRNN", () => new Srnn({ columns, hidden: 6, latent: 2 }), { objectives: bounds });
  conforms(
    "SRNN of LSTM cells with conditions and a posterior of its own",
    () => new Srnn({ columns, conditions: [condition], hidden: 6, latent: 2, cell: "lstm", residual: false }),
    { objectives: bounds },
  );
  conforms("SRNN of tokens", () => new Srnn({ tokens: 7, embedding: 4, tied: true, hidden: 6, latent: 2 }), {
    row: token,
    objectives: bounds,
  });
  conforms("two levels of the example", () => ofExample(levelled({ columns }, 2)), {
    objectives: bounds,
  });
  conforms("one latent variable for a sequence, of the example", () => ofExample(waveModel({ columns })), {
    objectives: bounds,
  });
  conforms(
    "a level that jumps, of the example",
    () => ofExample(localLevel(columns[0]!, latentFamilies["student-t"])),
    { objectives: bounds },
  );
  conforms("HMM", () => new Hmm({ columns, states: 3 }));
  conforms("moving pictures in black and white", frames, { row: pixels, objectives: bounds });
  conforms(
    "moving pictures of Student-t latent variables",
    () => new FrameVrnn({ shape: [4, 4], hidden: 6, latent: 2, latentFamily: "student-t" }),
    { row: pixels, objectives: bounds },
  );
  conforms("encoder and decoder of the example, with attention", reader(true), letters);
  conforms("encoder and decoder of the example, without attention", reader(false), letters);
  conforms("encoder and decoder with latent variables", attendingModel, { ...letters, objectives: bounds });
  conforms("translator", translator({ latent: 0 }), letters);
  conforms("translator with latent variables of the whole text", translator({ latentScope: "sequence" }), {
    ...letters,
    objectives: bounds,
  });
  conforms("translator with latent variables of each token", translator({ latentScope: "step" }), {
    ...letters,
    objectives: bounds,
  });
  const among: ConformanceOptions = { place: (random) => random.normal() };
  conforms("tracks among others", trajectory(2), { ...among, objectives: bounds });
  conforms("tracks without latent variables", trajectory(0), among);
  for (const latent of [0, 2])
    conforms(`captioner with ${latent} latent variables`, captioner(latent), {
      row: (random) => [4 + random.integer(4)],
      place: (random) => random.uniform(),
    });
  conforms("classifier of tokens", classifying, { row: token, place: (random) => random.integer(5) });
  conforms("video by maps", video(2), { row: shadesOfVideo, objectives: bounds });
  conforms("video by maps without latent variables", video(0), { row: shadesOfVideo });
  conforms("moving pictures in colours of 256 shades", coloured, { row: shades, objectives: bounds });
});

describe("what is sampled is as likely as the model says", () => {
  const yesOrNo = [plainColumn("yes", { kind: "binary", mean: 0.4 })];
  samplesAsLikely("RNN without latent variables", () => rnn(yesOrNo));
  samplesAsLikely("HMM", () => new Hmm({ columns: yesOrNo, states: 3 }));
  samplesAsLikely("SRNN", () => new Srnn({ columns: yesOrNo, hidden: 6, latent: 2 }));
  samplesAsLikely("VRNN", vrnn({ columns: yesOrNo }));
  samplesAsLikely(
    "VRNN of Student-t latent variables",
    vrnn({ columns: yesOrNo, latentFamily: "student-t" }),
  );
  samplesAsLikely("VRNN of Laplace latent variables", vrnn({ columns: yesOrNo, latentFamily: "laplace" }));
  samplesAsLikely("VRNN of two tokens", ofTokens({ tokens: 2 }));
  samplesAsLikely(
    "VRNN with latent variables of the whole sequence",
    vrnn({ columns: yesOrNo, latentScope: "sequence" }),
  );
  samplesAsLikely("VRNN with a learned beginning", vrnn({ columns: yesOrNo, initial: "learned" }));
});

/** What comes at a step and after it, added up. */
const fromHereOn = (x: Tensor): Tensor => cumsum(x, 0, { reverse: true });

/** Leaves a model as it is but for some of its methods. */
const changed = (model: Model, changes: (model: LatentModel) => Partial<LatentModel>): Model =>
  Object.create(model, Object.getOwnPropertyDescriptors(changes(model as LatentModel))) as Model;

/** Models of each kind of data, and what they are fed with. */
const kinds: readonly (readonly [string, () => Model, ConformanceOptions])[] = [
  ["columns", vrnn({}), {}],
  ["tokens", ofTokens({}), { row: token }],
  ["frames", frames, { row: pixels }],
  ["video", video(2), { row: shadesOfVideo }],
  ["tokens that answer a source", attendingModel, letters],
];

const dataFor = (model: Model, { row = normalRow(2), place }: ConformanceOptions) =>
  dataOf(model, row, { place });

describe.each(kinds)("of a model of %s the leak test finds", (_, make, options) => {
  const found = (change: (model: LatentModel) => Partial<LatentModel>) => {
    const model = changed(make(), change);
    return leaks(model, dataFor(model, options));
  };

  test("nothing where nothing is changed", async () => {
    expect(await found(() => ({}))).toEqual([]);
  });

  test("features that look ahead", async () => {
    const seen = await found((model) => ({
      features: (net, observed) => eachOf(model.features(net, observed), fromHereOn),
    }));
    expect(seen).toEqual(expect.arrayContaining(["latent of the prior's z", "emissionParameters"]));
  });

  test("an emission that reads what evidence is meant to give to posteriors alone", async () => {
    let whole: Tensor | undefined;
    const seen = await found((model) => ({
      evidence: (_, { x }) => {
        const axes = x["x"]!.shape.map((__, axis) => axis).filter((axis) => axis !== 1);
        whole = unsqueeze(sum(x["x"]!, axes), -1); // [B, 1]
        return { slices: {}, fixed: {} };
      },
      emissionParameters: (net, context) => {
        const [first, ...others] = split(model.emissionParameters(net, context), [
          1,
          model.emission.width - 1,
        ]) as [Tensor, Tensor];
        return concat([add(first, whole!), ...others]);
      },
    }));
    expect(seen).toEqual(expect.arrayContaining(["emissionParameters of the prior's z"]));
    expect(seen).not.toContain("latent of the prior's z");
  });

  test("a posterior that reads what comes later, of a model that claims to be causal", async () => {
    const seen = await found((model) => {
      const [block] = model.latents;
      return {
        features: (net, observed) => {
          const read = model.features(net, observed);
          return { ...read, later: fromHereOn(read["x"]!) };
        },
        transition: (net, { x: { later: _, ...x }, ...context }) => model.transition(net, { ...context, x }),
        latents: [
          {
            ...block!,
            prior: (net, context) => block!.prior(net, context),
            posterior: (net, { x, ...context }) =>
              block!.posterior!(net, { ...context, x: { x: x["later"]! } }),
          },
        ],
      };
    });
    expect(seen).toContain("latent");
    expect(seen.filter((part) => part.includes("prior's"))).toEqual([]);
  });
});

const eachOf = (tensors: Tensors, change: (tensor: Tensor) => Tensor): Tensors =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, change(tensor)]));

describe("of a model that reads a source the suite finds", () => {
  const faults = (read: (known: Tensors) => Tensors) => {
    const model = changed(reader(true)(), (own) => ({
      given: (net, { inputs }) => own.given!(net, { inputs: read(inputs) }),
    }));
    return sourceFaults(model, dataFor(model, letters));
  };

  test("nothing where nothing is changed", async () => {
    expect(await faults((inputs) => inputs)).toEqual([]);
  });

  test("a source read beyond its end", async () => {
    const all = ({ source, lengths }: Tensors) => ({ source: source!, lengths: filledLike(lengths!, 5) });
    expect(await faults(all)).toEqual(["source beyond its end"]);
  });

  test("a source of another row", async () => {
    const highest = ({ source, lengths }: Tensors) => {
      const ids = cast(source!, "float32"); // [S, B]
      const all = maximum(ids, max(ids, [1], { keepDims: true }));
      return { source: cast(all, "int64"), lengths: lengths! };
    };
    expect(await faults(highest)).toContain("source of another row");
  });

  test("a source that is not read at all", async () => {
    const none = ({ source, lengths }: Tensors) => ({ source: add(mul(source!, 0), 4), lengths: lengths! });
    expect(await faults(none)).toEqual(["nothing of source"]);
  });
});
