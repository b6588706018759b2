import { EncoderDecoder } from "../../examples/models/encoder-decoder.ts";
import { normal } from "../../src/distributions/latent/normal.ts";
import { add, split, type Tensor, tanh } from "../../src/graph/index.ts";
import type { LatentModel } from "../../src/models/model.ts";
import { Linear } from "../../src/nn/linear.ts";

const [HIDDEN, LATENT, TOKENS] = [6, 2, 10];

/** Of mean and raw scale side by side. */
const normalOf = (parameters: Tensor) => {
  const [mean, scale] = split(parameters, [LATENT, LATENT]) as [Tensor, Tensor];
  return normal(mean, scale);
};

/** The example that reads one sequence and writes another, with latent variables at each step, whose posterior reads the source too. */
export function attendingModel(): LatentModel {
  const base = new EncoderDecoder({
    tokens: TOKENS,
    hidden: HIDDEN,
    attends: true,
  }) as unknown as LatentModel;
  const prior = new Linear("prior", { h: HIDDEN }, 2 * LATENT);
  const posterior = new Linear("posterior", { h: HIDDEN, x: HIDDEN / 2, summary: HIDDEN }, 2 * LATENT);
  const written = new Linear("written", { z: LATENT }, TOKENS);
  const moved = new Linear("moved", { z: LATENT }, HIDDEN);
  const layers = [prior, posterior, written, moved];
  return {
    width: base.width,
    observation: base.observation!,
    inputs: base.inputs!,
    state: base.state,
    emission: base.emission,
    dropoutSites: base.dropoutSites,
    parameters: [...base.parameters, ...layers.flatMap(({ parameters }) => parameters)],
    latents: [
      {
        name: "z",
        shape: [LATENT],
        at: "step",
        prior: (net, { state }) => normalOf(prior.apply(net, { h: state["h"]! })),
        posterior: (net, { state, x, given }) =>
          normalOf(posterior.apply(net, { h: state["h"]!, x: x["x"]!, summary: given["summary"]! })),
      },
    ],
    features: (net, x) => base.features(net, x),
    given: (net, known) => base.given!(net, known),
    initial: (net, context) => base.initial!(net, context),
    emissionParameters: (net, context) =>
      add(base.emissionParameters(net, context), written.apply(net, context.z)),
    transition: (net, context) => {
      const { h } = base.transition(net, context);
      return { h: add(h!, tanh(moved.apply(net, context.z))) };
    },
  };
}
