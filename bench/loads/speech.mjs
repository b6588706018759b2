import { batched, integers, normals, scalar, TrainingStep, zeros } from "./step.mjs";

/** Symbols that no transcript holds: padding, what is unknown, beginnings and ends (data/text/tokens.ts). */
const RESERVED = 4;

/** Columns of real numbers, scaled. */
const realColumns = (count) =>
  Array.from({ length: count }, (_, i) => ({
    name: `c${i}`,
    kind: "real",
    levels: [],
    resolution: 0,
    mean: 0,
    standardDeviation: 1,
    minimum: -3,
    maximum: 3,
    missing: 0,
    shares: [],
  }));

/**
 * The training step of a recogniser of speech (`--model recognise`): a VRNN of the steps, causal layers with normalisation that hear
 * these and its state, CTC of both kinds of symbols and a share of the bound, dropout at every site. Sequences are as long as those of a
 * batch of real speech; which numbers are dropped is drawn before, for both sides.
 *
 * @param config `sequences`: steps, phones and letters of each
 */
export const speechLoad = (config) => ({
  config,
  rivals: { pytorch: { module: "speech", variants: ["hoisted", "scripted"] } },
  create: (vrnn, shards) => {
    const { x, hidden, latent, encoder, layers, heads, elbo, letters, sequences } = config;
    const options = { hidden, latent, encoder, encoderLayers: layers, besideWeight: letters };
    const model = vrnn.modelFamilies.recognise.build(
      { columns: realColumns(x), transcripts: heads },
      vrnn.modelFamilies.recognise.options.parse(options),
    );
    const objective = vrnn.weightedSum({
      ctc: { objective: vrnn.connectionist, weight: 1 },
      elbo: { objective: vrnn.objectives.elbo.create({}), weight: elbo },
    });
    const program = vrnn.gradientProgram(model, objective, {
      dropout: Object.keys(model.dropoutSites),
      passes: vrnn.nodeRuntime().passesFor?.({ B: sequences.length / shards }),
    });
    return TrainingStep.create(vrnn, shards, {
      program,
      parameters: model.parameters,
      ...inputsOf(vrnn, model, config),
    });
  },
});

function inputsOf(vrnn, model, { x, latent, heads, dropout, sequences }) {
  const batch = sequences.length;
  const lengths = sequences.map(({ steps }) => steps);
  const steps = Math.max(...lengths);
  const counts = (numbers) => batched(0, "int64", [batch], BigInt64Array.from(numbers, BigInt));
  const isStep = (i) => Math.floor(i / (batch * x)) < lengths[Math.floor(i / x) % batch];
  const longest = Math.max(...sequences.flatMap(({ phones, letters }) => [phones, letters])); // as a feeder pads both
  const symbols = Object.entries(heads).flatMap(([field, levels]) => [
    [`ctc.${field}.ids`, idsOf(vrnn, field, [batch, longest], levels)],
    [`ctc.${field}.length`, counts(sequences.map((sequence) => sequence[field]))],
  ]);
  return {
    batch: {
      x: normals(vrnn, "x", 1, [steps, batch, x]),
      mask: batched(
        1,
        "float32",
        [steps, batch, x],
        Float32Array.from({ length: steps * batch * x }, (_, i) => Number(isStep(i))),
      ),
      noise: normals(vrnn, "noise", 1, [steps, batch, latent]),
      "ctc.steps": counts(lengths),
      ...Object.fromEntries(symbols),
      ...Object.fromEntries(
        Object.entries(model.state).map(([part, shape]) => [`state.${part}`, zeros(batch, shape)]),
      ),
      ...Object.fromEntries(
        Object.entries(model.dropoutSites).map(([site, width]) => [
          `dropout.${site}`,
          keepMask(vrnn, site, [steps, batch, width], 1 - dropout),
        ]),
      ),
    },
    shared: {
      klWeight: scalar(1),
      "count.observedSteps": scalar(lengths.reduce((all, length) => all + length, 0)),
      "count.sequences": scalar(batch),
    },
  };
}

/** Symbols that transcripts hold, `[B, S]`. */
function idsOf(vrnn, field, shape, levels) {
  const { value } = integers(vrnn, field, 0, shape, levels - RESERVED);
  return batched(
    0,
    "int64",
    shape,
    value.data.map((id) => id + BigInt(RESERVED)),
  );
}

/** 0 for what is dropped, 1/share for what is kept. */
function keepMask(vrnn, site, shape, share) {
  const data = new Float32Array(shape.reduce((all, size) => all * size, 1));
  vrnn.Random.stream(1, "bench", "dropout", site).fillKeepMask(data, share);
  return batched(1, "float32", shape, data);
}
