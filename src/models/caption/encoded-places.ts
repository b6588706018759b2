/** Pictures as an encoder that is not trained has read them: places to look at, made as wide as the writer is. */
import { LayerNorm } from "../../nn/layer-norm.ts";
import { Linear } from "../../nn/linear.ts";
import type { Net } from "../../nn/net.ts";
import type { Parameter, Sizes } from "../../nn/parameters.ts";
import { part } from "../../nn/parts.ts";
import type { ReadSource, SourceEncoder } from "../attentive-writer.ts";
import type { ModelInput, Tensors } from "../model.ts";
import { Places, type ToldOfPicture } from "./places.ts";

/** What was told of pictures, and how it is read. */
export interface EncodedPlacesOptions extends ToldOfPicture {
  /** `[S, E]`: places, and how many numbers tell of each. */
  readonly encoded: readonly [places: number, size: number];
  /** M: how wide each is made. */
  readonly width: number;
}

/**
 * m = W·norm(e) + b of each place e, whatever the scale of what an encoder tells; that is the memory, and heads tell of its mean and
 * maximum.
 *
 * Parameters: those of `encoder.norm`, of `encoder.place` and, for each head, of `encoder.<head>`.
 *
 * @example
 * new EncodedPlaces({ encoded: [49, 512], width: 256, told: { class: 21 }, aside: {} }).width; // 256: of each of 49 places
 */
export class EncodedPlaces implements SourceEncoder {
  readonly parameters: readonly Parameter[];
  readonly width: number;
  readonly told: Sizes;
  readonly inputs: Readonly<Record<string, ModelInput>>;
  readonly sourceSites: Sizes = {};
  readonly dropoutSites: Sizes;
  private readonly norm: LayerNorm;
  private readonly place: Linear;
  private readonly places: Places;

  constructor({ encoded, width, told, aside }: EncodedPlacesOptions) {
    const [, size] = encoded;
    this.inputs = {
      encoded: { field: "encoded", what: "values", dtype: "float32", shape: ["B", ...encoded] },
    };
    this.width = width;
    this.told = told;
    this.norm = new LayerNorm("encoder.norm", size);
    this.place = new Linear("encoder.place", { encoded: size }, width);
    this.places = new Places(width, { told, aside });
    this.dropoutSites = this.places.dropoutSites;
    this.parameters = [this.norm, this.place, this.places].flatMap(({ parameters }) => parameters);
  }

  /** @param inputs `encoded` `[B, S, E]` */
  read(net: Net, inputs: Tensors): ReadSource {
    const normed = this.norm.apply(net, part(inputs, "encoded")); // [B, S, E]
    return this.places.read(net, this.place.apply(net, { encoded: normed })); // [B, S, M]
  }
}
