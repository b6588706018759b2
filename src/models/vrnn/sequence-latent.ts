import type { LatentFamily } from "../../distributions/latent/family.ts";
import { filledLike, greater, scan, type Tensor, where } from "../../graph/index.ts";
import { type Cell, type CellName, cells } from "../../nn/cells.ts";
import { Hidden } from "../../nn/hidden.ts";
import type { Net } from "../../nn/net.ts";
import type { Parameter } from "../../nn/parameters.ts";
import { part } from "../../nn/parts.ts";
import { LatentNetwork } from "../latent-network.ts";
import type { LatentBlock, OverTime, Tensors, WholeSequences } from "../model.ts";
import { firstOf } from "../state.ts";

/** The widths of what a latent variable of the whole sequence is made of. */
export interface SequenceLatentOptions {
  readonly hidden: number;
  readonly latent: number;
  readonly family: LatentFamily;
  readonly cell: CellName;
  readonly layerNorm: boolean;
}

/**
 * Latent variables of the whole sequence, z ~ p(z) of mean 0 and scale 1 once, that a cell infers which reads all of it (Bowman
 * et al., "Generating Sentences from a Continuous Space", CoNLL 2016). They feed every step as those of a step do.
 */
export class SequenceLatent {
  readonly parameters: readonly Parameter[];
  readonly block: LatentBlock;
  private readonly phiZ: Hidden;
  private readonly reader: Cell;

  constructor({ hidden, latent, family, cell, layerNorm }: SequenceLatentOptions) {
    this.phiZ = new Hidden("phi_z", { z: latent }, hidden, layerNorm);
    this.reader = cells[cell]("reader", { x: hidden }, hidden, layerNorm);
    const inference = new LatentNetwork("posterior", {
      inputs: { summary: hidden },
      hidden,
      latent,
      family,
      layerNorm,
    });
    this.parameters = [this.phiZ, this.reader, inference].flatMap(({ parameters }) => parameters);
    this.block = {
      name: "z",
      shape: [latent],
      at: "sequence",
      normals: family.normals,
      prior: () => family.standard({ dtype: "float32", shape: [latent] }),
      posterior: (net, { evidence }) => inference.apply(net, { summary: part(evidence, "summary") }),
    };
  }

  /** φ(z), `[..., H]`. */
  features(net: Net, draws: Tensors): Tensor {
    return net.keep("z", this.phiZ.apply(net, { z: part(draws, "z") }));
  }

  /** The state of the reader behind the last step that was observed, `[..., H]`. */
  evidence(net: Net, { x, anything }: Pick<WholeSequences, "x" | "anything">): OverTime {
    const read = part(x, "whole"); // [T, ..., H]
    const rest = filledLike(firstOf(read), 0); // [..., H]
    const { state } = scan({
      state: Object.fromEntries(Object.keys(this.reader.stateSizes).map((name) => [name, rest])),
      over: { x: read, anything },
      step: (before, { x: own, anything: isObserved }) => {
        const kept = Object.entries(this.reader.step(net, { x: own! }, before)).map(
          ([name, value]) => [name, where(greater(isObserved!, 0), value, before[name]!)] as const,
        );
        return { state: Object.fromEntries(kept), outputs: {} };
      },
    });
    return { slices: {}, fixed: { summary: part(state, "h") } };
  }
}
