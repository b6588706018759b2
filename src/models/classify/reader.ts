/**
 * A head that reads a sequence for its label alone: cells in both directions, pooled, beside hashed n-grams that go straight
 * into the logits (a wide and a deep part side by side: Cheng et al., "Wide & Deep Learning for Recommender Systems", DLRS 2016).
 */
import {
  add,
  cast,
  div,
  filledLike,
  gatherRows,
  greater,
  max,
  maximum,
  mul,
  sqrt,
  sub,
  sum,
  type Tensor,
  unsqueeze,
} from "../../graph/index.ts";
import { AttentivePooling } from "../../nn/attentive-pooling.ts";
import { Bidirectional } from "../../nn/bidirectional.ts";
import { Linear } from "../../nn/linear.ts";
import type { Net } from "../../nn/net.ts";
import { type Parameter, type Sizes, zeros } from "../../nn/parameters.ts";
import { part } from "../../nn/parts.ts";
import type { ModelInput, Observed, Readout, ReadoutContext } from "../model.ts";
import { pooledOver, type ReadoutOptions } from "../readout.ts";
import { firstOf } from "../state.ts";

/** What is read of each step, and how wide it is. */
export interface Steps {
  readonly width: number;
  /** `[T, B, width]` */
  read(net: Net, x: Observed): Tensor;
}

/** How many steps there are, which tells where to begin backwards. */
const LENGTHS: ModelInput = { field: "x", what: "lengths", dtype: "int64", shape: ["B"] };

/** The n-grams of a text, and which places hold one. */
const GRAMS = {
  grams: { field: "grams", what: "ids", dtype: "int64", shape: ["S", "B"] },
  "grams.mask": { field: "grams", what: "mask", dtype: "float32", shape: ["S", "B"] },
} as const satisfies Readonly<Record<string, ModelInput>>;

/** What a reader reads, and how. */
export interface ReaderOptions extends ReadoutOptions {
  readonly steps: Steps;
  /** R: of each direction. */
  readonly reader: number;
  /** The widths of the parts of the model's state, which it reads too. */
  readonly states: Sizes;
  /** How many n-grams there are; absent: none are read. */
  readonly grams?: number | undefined;
}

/**
 * logits = W·(mean, max, attended of both directions; mean, max of the model's states) + Σ grams / √n + b.
 *
 * Parameters: those of `readout.reader`, `readout.pooling` and the layer `readout`, and `readout.grams` `[grams, L]`.
 *
 * @example
 * new Reader({ field: "label", levels: 2, steps, reader: 128, states: { h: 64 } }).parameters.length; // 15
 */
export class Reader implements Readout {
  readonly over = "sequence";
  readonly field: string;
  readonly parameters: readonly Parameter[];
  readonly inputs: Readonly<Record<string, ModelInput>>;
  readonly dropoutSites: Sizes;
  readonly sourceSites: Sizes;
  private readonly steps: Steps;
  private readonly cells: Bidirectional;
  private readonly pooling: AttentivePooling;
  private readonly states: readonly string[];
  private readonly output: Linear;
  private readonly hasGrams: boolean;

  constructor({ field, levels, steps, reader, states, grams }: ReaderOptions) {
    this.field = field;
    this.steps = steps;
    this.states = Object.keys(states);
    this.hasGrams = grams !== undefined;
    this.cells = new Bidirectional("readout.reader", steps.width, reader);
    const { width } = this.cells;
    this.pooling = new AttentivePooling("readout.pooling", width, reader);
    const pooled = Object.fromEntries(Object.entries(states).map(([name, size]) => [name, 2 * size]));
    this.output = new Linear("readout", { pooled: 2 * width, attended: width, ...pooled }, levels);
    const table = { name: "readout.grams", shape: [grams ?? 0, levels], initialise: zeros };
    const layers = [this.cells, this.pooling, this.output];
    this.parameters = [...layers.flatMap(({ parameters }) => parameters), ...(this.hasGrams ? [table] : [])];
    this.inputs = { lengths: LENGTHS, ...(this.hasGrams && GRAMS) };
    this.dropoutSites = { read: steps.width, reader: width, ...(this.hasGrams && { deep: 1, wide: 1 }) };
    this.sourceSites = this.hasGrams ? { grams: 1 } : {};
  }

  logits(net: Net, { states, x, inputs }: ReadoutContext): Tensor {
    const read = net.keep("read", net.keep("word", this.steps.read(net, x))); // [T, B, E]
    const told = net.keep("reader", this.cells.read(net, read, part(inputs, "lengths"))); // [T, B, 2R]
    const isThere = greater(max(x.mask, [-1], { keepDims: true }), 0); // [T, B, 1]
    const deep = this.output.apply(net, {
      pooled: pooledOver(told, x.mask),
      attended: this.pooling.read(net, told, isThere),
      ...Object.fromEntries(this.states.map((name) => [name, pooledOver(part(states, name), x.mask)])),
    }); // [B, L]
    return this.hasGrams ? eitherOrBoth(net, deep, this.wide(net, inputs), x.mask) : deep;
  }

  /** Σ grams / √n, `[B, L]`. */
  private wide(net: Net, inputs: ReadoutContext["inputs"]): Tensor {
    const isThere = unsqueeze(part(inputs, "grams.mask"), -1); // [S, B, 1]
    const rows = gatherRows(net.weight("readout.grams"), part(inputs, "grams")); // [S, B, L]
    const count = maximum(sum(isThere, [0]), 1); // [B, 1]
    return div(sum(mul(rows, net.keep("grams", isThere)), [0]), sqrt(count));
  }
}

/**
 * The sum of two ways to tell logits, of which training drops one or the other for a row at a time, and never both: each then
 * learns to tell by itself, doubled, and together they are the mean of both. `[B, L]` @param mask `[T, B, D]`
 */
function eitherOrBoth(net: Net, deep: Tensor, wide: Tensor, mask: Tensor): Tensor {
  const hasWide = keptRows(net, "wide", mask); // [B, 1]
  const hasDeep = maximum(keptRows(net, "deep", mask), sub(1, hasWide)); // [B, 1]
  const sum = add(mul(deep, hasDeep), mul(wide, hasWide));
  return mul(sum, div(2, add(hasDeep, hasWide)));
}

/** 1 for each row, `[B, 1]`, and 0 where a site drops it. @param mask `[T, B, D]` */
function keptRows(net: Net, site: string, { shape, dtype }: Tensor): Tensor {
  const kept = firstOf(net.keep(site, filledLike({ dtype, shape: [...shape.slice(0, -1), 1] }, 1)));
  return cast(greater(kept, 0), "float32");
}
