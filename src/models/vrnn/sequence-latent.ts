import type { LatentFamily } from "../../distributions/latent/family.ts";
import { filledLike, greater, scan, type Tensor, where } from "../../graph/index.ts";
import { type Cell, type CellName, cells } from "../../nn/cells.ts";
import { Hidden } from "../../nn/hidden.ts";
import { Linear } from "../../nn/linear.ts";
import type { Net } from "../../nn/net.ts";
import type { Parameter, Sizes } from "../../nn/parameters.ts";
import { part, partsOf } from "../../nn/parts.ts";
import { LatentNetwork } from "../latent-network.ts";
import type { LatentBlock, LatentModel, OverTime, Tensors, WholeSequences } from "../model.ts";
import { firstOf } from "../state.ts";

/** The widths of what a latent variable of the whole sequence is made of. */
export interface SequenceLatentOptions {
  /** The widths of what prior and posterior see of what is given throughout, by name; nothing unless told. */
  readonly known?: Sizes;
  /** The width of what the reader reads of a step; that of the hidden layers unless told. */
  readonly reads?: number;
  readonly hidden: number;
  readonly latent: number;
  readonly family: LatentFamily;
  readonly cell: CellName;
  readonly layerNorm: boolean;
  /** Of how many tokens z tells a bag of words; none unless told. */
  readonly bag?: number | undefined;
}

/**
 * Latent variables of the whole sequence, z ~ p(z) once, that a cell infers which reads all of it (Bowman et al., "Generating
 * Sentences from a Continuous Space", CoNLL 2016). They feed every step as those of a step do. The prior is of mean 0 and scale 1 or,
 * where something is known of the sequence, told by that (Zhang et al., "Variational Neural Machine Translation", EMNLP 2016, eq. 6);
 * the posterior is then around its mean.
 */
export class SequenceLatent {
  readonly parameters: readonly Parameter[];
  readonly block: LatentBlock;
  /** The logit of each token, `[..., V]`. */
  readonly bagOfWords: LatentModel["bagOfWords"];
  private readonly phiZ: Hidden;
  private readonly reader: Cell;

  constructor(options: SequenceLatentOptions) {
    const { known = {}, hidden, reads = hidden, latent, family, cell, layerNorm, bag: tokens } = options;
    this.phiZ = new Hidden("phi_z", { z: latent }, hidden, layerNorm);
    this.reader = cells[cell]("reader", { x: reads }, hidden, layerNorm);
    const sizes = { hidden, latent, family, layerNorm };
    const names = Object.keys(known);
    const expectation =
      names.length > 0 ? new LatentNetwork("prior", { inputs: known, ...sizes }) : undefined;
    const inference = new LatentNetwork("posterior", { inputs: { written: hidden, ...known }, ...sizes });
    const bag = tokens === undefined ? undefined : new Linear("bag", { z: latent }, tokens);
    this.bagOfWords = bag && ((net, z) => bag.apply(net, z));
    this.parameters = [this.phiZ, this.reader, expectation, inference, bag].flatMap(
      (part) => part?.parameters ?? [],
    );
    this.block = {
      name: "z",
      shape: [latent],
      at: "sequence",
      normals: family.normals,
      prior: (net, { given }) =>
        expectation?.apply(net, partsOf(given, names)) ??
        family.standard({ dtype: "float32", shape: [latent] }),
      posterior: (net, { evidence, given, prior }) => {
        const inputs = { written: part(evidence, "written"), ...partsOf(given, names) };
        return expectation === undefined
          ? inference.apply(net, inputs)
          : inference.around(prior, net, inputs);
      },
    };
  }

  /** φ(z), `[..., H]`. */
  features(net: Net, draws: Tensors): Tensor {
    return net.keep("z", this.phiZ.apply(net, { z: part(draws, "z") }));
  }

  /** The state of the reader behind the last step that was observed, `[..., H]`. */
  evidence(net: Net, { x, anything }: Pick<WholeSequences, "x" | "anything">): OverTime {
    const read = part(x, "whole"); // [T, ..., reads]
    const { dtype, shape } = firstOf(read);
    const rest = (size: number) => filledLike({ dtype, shape: [...shape.slice(0, -1), size] }, 0); // [..., H]
    const { state } = scan({
      state: Object.fromEntries(
        Object.entries(this.reader.stateSizes).map(([name, size]) => [name, rest(size)]),
      ),
      over: { x: read, anything },
      step: (before, { x: own, anything: isObserved }) => {
        const kept = Object.entries(this.reader.step(net, { x: own! }, before)).map(
          ([name, value]) => [name, where(greater(isObserved!, 0), value, before[name]!)] as const,
        );
        return { state: Object.fromEntries(kept), outputs: {} };
      },
    });
    return { slices: {}, fixed: { written: part(state, "h") } };
  }
}
