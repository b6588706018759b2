/**
 * A recurrent network that reads one text and writes another: an encoder in both directions below what writes about sources of any
 * kind (`../attentive-writer.ts`).
 */
import { cast, div, sum, transpose, unsqueeze, where } from "../../graph/index.ts";
import { withinLengths } from "../../nn/attention.ts";
import { Bidirectional } from "../../nn/bidirectional.ts";
import type { Net } from "../../nn/net.ts";
import type { Parameter, Sizes } from "../../nn/parameters.ts";
import { part } from "../../nn/parts.ts";
import {
  AttentiveWriter,
  type ReadSource,
  type SourceEncoder,
  type TokenTable,
  tokenTable,
  type WriterOptions,
} from "../attentive-writer.ts";
import type { Tensors } from "../model.ts";

/** The widths of a translator: tokens are those of both sides, the encoder is as wide as the state in each direction. */
export interface TranslatorOptions extends WriterOptions {}

/**
 * A translator: a text is read from either end, by the table of tokens that also writes.
 *
 * @example
 * new Translator({ tokens: 8000, embedding: 256, hidden: 320, latent: 0 }).state;
 * // { h: [320], asked: [320], context: [640], y: [256] }
 */
export class Translator extends AttentiveWriter {
  constructor(options: TranslatorOptions) {
    const { tokens, embedding, hidden } = options;
    const table = tokenTable(tokens, embedding);
    super(options, table, new TextEncoder(table, embedding, hidden));
  }
}

/** Reads a text from either end. */
class TextEncoder implements SourceEncoder {
  readonly parameters: readonly Parameter[];
  readonly width: number;
  readonly inputs = {
    source: { field: "source", what: "ids", dtype: "int64", shape: ["S", "B"] },
    lengths: { field: "source", what: "lengths", dtype: "int64", shape: ["B"] },
  } as const;
  readonly sourceSites: Sizes;
  private readonly table: TokenTable;
  private readonly cells: Bidirectional;

  /** @param size of a row of the table @param hidden in each direction */
  constructor(table: TokenTable, size: number, hidden: number) {
    this.table = table;
    this.cells = new Bidirectional("encoder", size, hidden);
    this.parameters = this.cells.parameters;
    this.width = this.cells.width;
    this.sourceSites = { source: size, memory: this.width };
  }

  /** The text as a memory `[B, S, 2H]`, with its mean `[B, 2H]`. */
  read(net: Net, inputs: Tensors): ReadSource {
    const [source, lengths] = [part(inputs, "source"), part(inputs, "lengths")];
    const x = net.keep("source", this.table.rows(net, source)); // [S, B, E]
    const read = net.keep("memory", this.cells.read(net, x, lengths)); // [S, B, 2H]
    const memory = transpose(read, [1, 0, 2]); // [B, S, 2H]
    const present = withinLengths(lengths, source.shape[0]!); // [B, S]
    const total = sum(where(unsqueeze(present, -1), memory, 0), [1]); // [B, 2H]
    return { memory, present, summary: div(total, unsqueeze(cast(lengths, "float32"), -1)) };
  }
}
