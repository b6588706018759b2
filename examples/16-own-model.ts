/**
 * A model of one's own in a page: a stochastic recurrent network whose latent variable has a fixed prior N(0, 1)
 * (STORN; Bayer and Osendorfer, "Learning Stochastic Recurrent Networks", 2014). It implements the contract of a
 * sequence model, one step at a time; scoring, the bound, training and sampling come with it.
 */
import {
  type Cell,
  type Column,
  type Emission,
  emissionOf,
  GRU,
  graph as g,
  type Imagination,
  InputEncoder,
  Linear,
  normalDivergence,
  normalLogDensity,
  type Observation,
  type SequenceModel,
  type State,
  type Weights,
} from "vrnn";

export class Storn implements SequenceModel {
  readonly latentSize: number;
  readonly emission: Emission;
  readonly dropoutSites = {};
  private readonly encoder: InputEncoder;
  private readonly posterior: Linear;
  private readonly cell: Cell;
  private readonly decoder: Linear;

  constructor(columns: readonly Column[], hidden: number, latent: number) {
    this.latentSize = latent;
    this.emission = emissionOf(columns);
    this.encoder = new InputEncoder(columns);
    this.posterior = new Linear("posterior", { x: this.encoder.width, h: hidden }, 2 * latent);
    this.cell = new GRU("cell", { x: this.encoder.width, z: latent }, hidden);
    this.decoder = new Linear("decoder", { z: latent, h: hidden }, this.emission.width);
  }

  get parameters() {
    return [this.posterior, this.cell, this.decoder].flatMap(({ parameters }) => parameters);
  }

  get stateSizes() {
    return this.cell.stateSizes;
  }

  observe(weights: Weights, state: State, { x, mask, noise }: Observation) {
    const h = state["h"] as g.Tensor; // [B, H]
    const seen = g.greater(mask, 0); // [B, D]
    const features = this.encoder.encode(x, mask);
    const [mean, raw] = g.split(this.posterior.apply(weights, { x: features, h }), [
      this.latentSize,
      this.latentSize,
    ]) as [g.Tensor, g.Tensor];
    const scale = g.add(g.softplus(raw), 1e-4); // [B, Z]
    const z = g.add(mean, g.mul(scale, noise)); // [B, Z]
    const output = this.decoder.apply(weights, { z, h }); // [B, width]
    const [zero, one] = [g.filledLike(mean, 0), g.filledLike(mean, 1)];
    return {
      state: this.cell.step(weights, { x: features, z }, state),
      outputs: {
        logLikelihood: g.where(seen, this.emission.logProbability(output, g.where(seen, x, 0), seen), 0), // [B, D]
        divergence: normalDivergence(mean, scale, zero, one), // [B, Z]
        logRatio: g.sub(normalLogDensity(z, zero, one), normalLogDensity(z, mean, scale)), // [B, Z]
        latent: mean,
        latentScale: scale,
        expected: this.emission.mean(output),
        raw: output,
      },
    };
  }

  imagine(weights: Weights, state: State, { noise, temperature, ...draws }: Imagination) {
    const z = g.mul(noise, temperature); // [B, Z]
    const output = this.decoder.apply(weights, { z, h: state["h"] as g.Tensor });
    const x = this.emission.sample(output, draws, temperature); // [B, D]
    const features = this.encoder.encode(x, g.filledLike(x, 1));
    return {
      state: this.cell.step(weights, { x: features, z }, state),
      outputs: { x, expected: this.emission.mean(output) },
    };
  }
}
