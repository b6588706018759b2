/**
 * The cases of the golden files: small models on made-up sequences, so chosen that every output distribution, cell,
 * prior, beginning and option of training occurs, and the pairs that share code occur together.
 */

/** Numbers in (0, 1) that depend on nothing of the project (mulberry32). */
function uniforms(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const twoDecimals = (value) => Math.round(value * 100) / 100;
const levels = ["low", "middle", "high", "top"];

/** Values of each kind from a slow wave between 0 and 1 and a uniform number. */
const entryOf = {
  real: (wave, u) => twoDecimals(5 * wave + 2 * u - 3),
  binary: (wave, u) => (u < 0.2 + 0.6 * wave ? 1 : 0),
  categorical: (wave, u) => levels[Math.min(3, Math.floor(2.5 * wave + 1.5 * u))],
  count: (wave, u) => (u < 0.3 ? 0 : Math.floor(9 * wave * u)),
  proportion: (wave, u) => (u < 0.2 ? 0 : twoDecimals(0.05 + 0.6 * wave + 0.3 * u)),
  share: (wave, u) => twoDecimals(0.05 + 0.6 * wave + 0.3 * u),
  quantised: (wave, u) => Math.floor(120 * wave + 100 * u),
};

const kindOf = (value) => (value === "share" ? "proportion" : value);

/** Sequences of 5 to 14 steps as arrays by column, with one entry in eight missing; `length` makes one long recording. */
function sequences(values, { conditions, length }) {
  const u = uniforms(17);
  const lengths = length ? [length] : [9, 14, 6, 11, 5, 13, 8, 10];
  return lengths.map((steps, s) => {
    const wave = (t, d) => 0.5 + 0.5 * Math.sin(0.7 * t + s + 2 * d);
    const column = (value, d) =>
      Array.from({ length: steps }, (_, t) => {
        const entry = entryOf[value](wave(t, d), u());
        return u() < 0.125 ? "NA" : entry;
      });
    const modelled = values.map((value, d) => [`${value} ${d}`, column(value, d)]);
    const known = conditions
      ? [
          ["site", Array.from({ length: steps }, () => levels[s % 3])],
          ["load", Array.from({ length: steps }, (_, t) => twoDecimals(wave(t + 1, 0)))],
        ]
      : [];
    return Object.fromEntries([...modelled, ...known]);
  });
}

/** The arrays of a case and what is said of them. */
export function dataOf({ values, conditions = false, length }) {
  const kinds = Object.fromEntries(values.map((value, d) => [`${value} ${d}`, kindOf(value)]));
  return {
    arrays: sequences(values, { conditions, length }),
    schema: {
      kinds: { ...kinds, ...(conditions && { site: "categorical", load: "real" }) },
      ...(conditions && { statics: ["site"], covariates: ["load"] }),
    },
    // What is known of four steps to come, `[4, C]`: the second site; the load is withheld at the third step.
    steps: 4,
    ...(conditions && { known: Float64Array.of(1, 0.5, 1, 0.75, 1, Number.NaN, 1, 0.25) }),
  };
}

const mixed = ["real", "binary", "real", "categorical", "count", "share", "quantised"];
const reals = ["real", "real"];
const cut = { window: 5 };

/** What each case is: its columns, its model, its training, and whether the trained model does all tasks. */
const table = {
  gaussian: { values: reals, tasks: true },
  "gaussian, schedules and decay": {
    values: reals,
    training: {
      schedule: "cosine",
      warmupSteps: 4,
      weightDecay: 0.01,
      decayGroups: { cell: 0.1, emission: 0 },
      clip: 0.5,
      shards: 2,
    },
  },
  "gaussian, one recording": {
    values: reals,
    length: 400,
    training: { ...cut, batchSize: 4, shards: 2 },
    tasks: true,
  },
  "mixture, LSTM, conditions": {
    values: reals,
    conditions: true,
    model: { cell: "lstm", emission: ["mixture"] },
    training: { conditionDropout: 0.3, shards: 2 },
    tasks: true,
  },
  "persistent, two layers, learned": {
    values: reals,
    model: { layers: 2, emission: ["persistent"], initial: "learned" },
    training: { ...cut, shards: 2 },
    tasks: true,
  },
  "Student t, standard prior, no residual": {
    values: reals,
    model: { emission: ["student-t"], prior: "standard", residual: false },
    training: { klWarmupSteps: 10 },
    tasks: true,
  },
  "Laplace, layer norm, LSTM": {
    values: reals,
    model: { emission: ["laplace"], cell: "lstm", layerNorm: true },
    training: cut,
  },
  "bivariate, learned, conditions": {
    values: reals,
    conditions: true,
    model: { emission: ["bivariate"], initial: "learned" },
    training: { ...cut, conditionDropout: 0.5, shards: 2 },
  },
  "Bernoulli, layer norm, dropout": {
    values: ["binary", "binary", "binary"],
    model: { layerNorm: true },
    training: { ...cut, dropout: 0.3, shards: 2 },
    tasks: true,
  },
  "categorical, LSTM, free bits": {
    values: ["categorical", "categorical"],
    model: { cell: "lstm" },
    training: { freeBits: 0.05 },
  },
  "Poisson, learned, free bits": {
    values: ["count", "count"],
    model: { initial: "learned" },
    training: { ...cut, freeBits: 0.05, shards: 2 },
  },
  "negative binomial, two layers of LSTM, dropout": {
    values: ["count", "count"],
    model: { cell: "lstm", layers: 2, emission: ["negative-binomial"] },
    training: { dropout: 0.2, klWarmupSteps: 30 },
  },
  "zero-inflated Poisson, no residual": {
    values: ["count", "count"],
    model: { emission: ["zero-inflated-poisson"], residual: false },
    training: { shards: 2 },
  },
  "zero-inflated negative binomial": {
    values: ["count", "count"],
    model: { emission: ["zero-inflated-negative-binomial"] },
  },
  "beta, layer norm, conditions": {
    values: ["share", "share"],
    conditions: true,
    model: { layerNorm: true, layers: 2 },
    training: { dropout: 0.2, shards: 2 },
  },
  "logit-normal, standard prior": {
    values: ["share", "share"],
    model: { emission: ["logit-normal"], prior: "standard", cell: "lstm" },
  },
  "zero-inflated beta, learned": {
    values: ["proportion", "proportion"],
    model: { emission: ["zero-inflated-beta"], initial: "learned", layerNorm: true },
  },
  logistics: { values: ["quantised", "quantised"], model: { layers: 2 }, training: cut },
  "mixed, conditions": {
    values: mixed,
    conditions: true,
    model: { prior: "standard" },
    training: { klWarmupSteps: 8, freeBits: 0.02, shards: 2 },
    tasks: true,
  },
  "mixed, persistent, two layers of LSTM, learned, conditions": {
    values: mixed,
    conditions: true,
    model: { cell: "lstm", layers: 2, layerNorm: true, initial: "learned", emission: ["persistent"] },
    training: { ...cut, conditionDropout: 0.3, dropout: 0.2, freeBits: 0.02, klWarmupSteps: 8, shards: 2 },
    tasks: true,
  },
  "bivariate among others, one shard": {
    values: ["real", "count", "real", "binary"],
    model: { emission: ["bivariate", "zero-inflated-poisson"], residual: false },
    training: cut,
  },
};

/** Every case, complete. */
export const cases = Object.entries(table).map(([name, { model, training, tasks = false, ...data }]) => ({
  name,
  data,
  model: { hidden: 8, latent: 3, ...model },
  training: { epochs: 100, batchSize: 4, learningRate: 0.01, shards: 1, seed: 5, ...training },
  tasks,
}));
