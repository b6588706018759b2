/**
 * A network that says in words what a picture shows: a convolutional encoder below what writes about sources of any kind (Xu et al.,
 * "Show, Attend and Tell: Neural Image Caption Generation with Visual Attention", ICML 2015).
 */
import {
  gatherAlong,
  logSoftmax,
  mul,
  neg,
  squeeze,
  sum,
  type Tensor,
  unsqueeze,
} from "../../graph/index.ts";
import { readoutNames } from "../../names.ts";
import type { Sizes } from "../../nn/parameters.ts";
import { part } from "../../nn/parts.ts";
import { AttentiveWriter, tokenTable, type WriterOptions } from "../attentive-writer.ts";
import type { Aside } from "../model.ts";
import { bagNats } from "../vrnn/bag-nats.ts";
import { EncodedPlaces, type EncodedPlacesOptions } from "./encoded-places.ts";
import { GridEncoder, type GridEncoderOptions } from "./grid-encoder.ts";

/** What a captioner reads and writes, and what else it tells of pictures. */
export interface CaptionerOptions extends WriterOptions, Pick<GridEncoderOptions, "picture" | "widths"> {
  /** How many classes of pictures there are; absent: they have none. */
  readonly classes?: number | undefined;
  /** What a nat of the class costs in training beside a nat of each word; 0: the class is not told. */
  readonly classWeight: number;
  /** The same of the words of the caption in no order, told by the picture at once; 0: they are not. */
  readonly wordsWeight: number;
  /** What an encoder that is not trained tells of each picture: that is read then, and no pixels. */
  readonly encoded?: EncodedPlacesOptions["encoded"] | undefined;
}

/**
 * Writes captions of pictures. The class, where there is one, and the words in no order are told by the picture at once, which
 * teaches the encoder what to see; the writer reads what is told of the class.
 *
 * @example
 * const widths = [24, 48, 96, 160];
 * const options = { tokens: 300, embedding: 128, hidden: 256, latent: 16, classes: 21, classWeight: 1, wordsWeight: 0.2 };
 * new Captioner({ ...options, picture: [128, 128, 3], widths }).state;
 * // { h: [256], asked: [256], context: [160], y: [128] }
 */
export class Captioner extends AttentiveWriter {
  readonly asides: Readonly<Record<string, Aside>>;

  constructor({ picture, widths, encoded, classes, classWeight, wordsWeight, ...options }: CaptionerOptions) {
    const { tokens, embedding, hidden: width } = options;
    const told: Sizes = classes !== undefined && classWeight > 0 ? { class: classes } : {};
    const aside: Sizes = wordsWeight > 0 ? { words: tokens } : {};
    const encoder =
      encoded === undefined
        ? new GridEncoder({ picture, widths, told, aside })
        : new EncodedPlaces({ encoded, width, told, aside });
    super(options, tokenTable(tokens, embedding), encoder);
    this.asides = {
      ...(told["class"] !== undefined && { class: classAside(classWeight) }),
      ...(aside["words"] !== undefined && { words: wordsAside(wordsWeight) }),
    };
  }
}

const [LEVEL, MASK] = [readoutNames.of("level"), readoutNames.of("mask")];

/** −log p(class | picture), of pictures whose class is known. */
const classAside = (weight: number): Aside => ({
  weight,
  per: "sequences",
  inputs: {
    [LEVEL]: { field: "class", what: "level", dtype: "int64", shape: ["B"] },
    [MASK]: { field: "class", what: "mask", dtype: "float32", shape: ["B"] },
  },
  nats: ({ given, inputs }) => {
    const logProb = logSoftmax(part(given, "class")); // [B, L]
    const own = squeeze(gatherAlong(logProb, unsqueeze(part(inputs, LEVEL), -1), -1), -1); // [B]
    return neg(sum(mul(own, part(inputs, MASK))));
  },
});

/** −log p of the words of a caption, whatever their order, told by the picture. */
const wordsAside = (weight: number): Aside => ({
  weight,
  per: "observedSteps",
  nats: ({ given, x, mask }): Tensor => bagNats(part(given, "words"), { x, mask }),
});
