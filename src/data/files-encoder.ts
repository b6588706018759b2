/** Encoders of pictures that somebody brings: a file of ONNX that is run as it is and not trained. */
import { createHash } from "node:crypto";
import { VrnnError } from "../errors.ts";
import { hasExternalData } from "../onnx/external-data.ts";
import { usageError } from "../options.ts";
import { FrozenNetwork } from "../runtime/node-frozen.ts";
import { readContent } from "./files-bytes.ts";
import type { EncoderKnowledge } from "./images/encoder-knowledge.ts";
import {
  type Encoded,
  type EncoderPorts,
  encodedOf,
  fedPictures,
  type PictureEncoding,
  portsOf,
  refused,
} from "./images/encoder-ports.ts";
import { MOST_PICTURE_BYTES } from "./images/picture.ts";
import { type PixelScaleName, pixelScaleNames, pixelScales } from "./images/pixel-scales.ts";
import { type PictureSchema, sizeOf } from "./images/preparation.ts";

/** Which encoder reads pictures, and how they are fed. */
export interface EncoderSchema extends PictureSchema {
  /** Its path. */
  readonly features?: string | undefined;
  /** How shades become numbers; `unit` unless told. */
  readonly pixels?: string | undefined;
}

/** So many pictures are read at once where an encoder leaves it open. */
const BATCH = 8;

/**
 * An encoder of pictures, ready to read some.
 *
 * @example
 * const encoder = await PictureEncoder.open("encoder.onnx", "imagenet");
 * const { places, size, values } = await encoder.encode([pixels], [64, 64, 3]); // 16, 512, [Float32Array(8192)]
 */
export class PictureEncoder implements PictureEncoding {
  readonly ports: EncoderPorts;
  readonly sha256: string;
  readonly pixels: PixelScaleName;
  private readonly path: string;
  private readonly network: FrozenNetwork;

  private constructor(path: string, sha256: string, network: FrozenNetwork, pixels: PixelScaleName) {
    this.path = path;
    this.sha256 = sha256;
    this.network = network;
    this.pixels = pixels;
    this.ports = portsOf(network.inputs, network.outputs, path);
  }

  /**
   * @param pixels how shades become numbers @param known the one that a run was trained with: any other is refused
   * @throws VrnnError `data/encoder` for what reads no pictures, `run/encoder` for one that is missing or another one, `usage/option`,
   * and what `readContent` throws
   */
  static async open(path: string, pixels = "unit", known?: EncoderKnowledge): Promise<PictureEncoder> {
    const scale = scaleNamed(pixels);
    const model = known === undefined ? readContent(path) : contentOfKnown(path);
    const sha256 = createHash("sha256").update(model).digest("hex");
    if (known !== undefined && known.sha256 !== sha256) throw anotherOne(path, sha256, known);
    if (hasExternalData(model))
      throw refused(
        "its weights stand in other files",
        path,
        "save it as one file, with all its weights inside",
      );
    const network = await opened(model, path);
    try {
      return new PictureEncoder(path, sha256, network, scale);
    } catch (cause) {
      await network.dispose();
      throw cause;
    }
  }

  /**
   * How pictures have to be made for it: as was said, of the size and colours that it asks for.
   *
   * @throws VrnnError `usage/option` where something else was said
   */
  schemaOf(schema: PictureSchema): PictureSchema {
    const { channels, width, height } = this.ports;
    const colours = channels === 1 ? "grey" : "colour";
    if (schema.colours !== undefined && schema.colours !== colours)
      throw usageError(
        `option '--colours': the encoder reads pictures in ${channels} colours`,
        `say ${colours}, or leave it out`,
      );
    const said = schema.size === undefined ? { width: undefined, height: undefined } : sizeOf(schema.size);
    const size = { width: width ?? said.width, height: height ?? said.height };
    if (said.width !== undefined && (said.width !== size.width || said.height !== size.height))
      throw usageError(
        `option '--size': the encoder reads pictures of ${size.width}x${size.height}`,
        `say --size ${size.width}x${size.height}, or leave it out`,
      );
    const isSized = size.width !== undefined && size.height !== undefined;
    return { ...schema, colours, ...(isSized && { size: `${size.width}x${size.height}` }) };
  }

  /**
   * What it tells of pictures, which it is given a few at a time.
   *
   * @param pictures `[H, W, C]` bytes each @throws VrnnError `data/encoder`
   */
  async encode(pictures: readonly Uint8Array[], shape: readonly [number, number, number]): Promise<Encoded> {
    const { layout, batch = BATCH } = this.ports;
    const all: Encoded[] = [];
    for (let at = 0; at < pictures.length; at += batch) {
      const own = pictures.slice(at, at + batch);
      const told = await this.told(fedPictures(own, shape, layout, this.pixels, this.ports.batch));
      all.push(encodedOf(told, layout, own.length, this.path));
      requireRoom(all[0]!, pictures.length, this.path);
    }
    return { ...all[0]!, values: all.flatMap(({ values }) => values) };
  }

  private async told(fed: ReturnType<typeof fedPictures>) {
    try {
      return await this.network.run(this.ports.input, fed, this.ports.output);
    } catch (cause) {
      const why = cause instanceof VrnnError ? cause.what : String(cause);
      throw refused(
        `it cannot read pictures [${fed.shape.join(", ")}]: ${why}`,
        this.path,
        "bring them to its size with --size",
        cause,
      );
    }
  }

  /** What a run keeps of it. */
  knowledgeOf({ grid }: Encoded): EncoderKnowledge {
    const { sha256, pixels } = this;
    const { input, output, layout } = this.ports;
    return { sha256, input, output, layout, pixels, ...(grid && { grid }) };
  }

  /** What there is to say of it. */
  notesOf({ places, size, grid }: Encoded): string[] {
    const { input, output, others, layout } = this.ports;
    const where = grid === undefined ? `${places}` : grid.join(" × ");
    const left = others.length === 0 ? "" : `; nothing is read of ${others.join(", ")}`;
    return [
      `pictures are read by ${this.path}, which is not trained (SHA-256 ${this.sha256.slice(0, 12)}…)`,
      `its input ${input} (${layout}) is given shades ${pixelScales[this.pixels].words} (--pixels ${this.pixels}), its output ${output} tells ${where} places of ${size} numbers${left}`,
    ];
  }

  dispose(): Promise<void> {
    return this.network.dispose();
  }
}

/** @throws VrnnError `data/too-large` */
function requireRoom({ places, size }: Encoded, pictures: number, at: string): void {
  if (Float32Array.BYTES_PER_ELEMENT * places * size * pictures <= MOST_PICTURE_BYTES) return;
  const told = `${places} places of ${size} numbers`;
  throw new VrnnError(
    "data/too-large",
    `it tells ${told} of each picture, of all of them more than ${MOST_PICTURE_BYTES / 2 ** 30} GB`,
    { at, remedy: "bring one that tells fewer, or make the pictures smaller with --size" },
  );
}

function scaleNamed(name: string): PixelScaleName {
  const found = pixelScaleNames.find((each) => each === name);
  if (found !== undefined) return found;
  throw usageError(
    `option '--pixels': "${name}" is no way to tell shades`,
    `write ${pixelScaleNames.join(", ")}`,
  );
}

async function opened(model: Uint8Array, path: string): Promise<FrozenNetwork> {
  try {
    return await FrozenNetwork.open(model);
  } catch (cause) {
    const why = cause instanceof VrnnError ? cause.what : String(cause);
    throw refused(
      `it is no network that can be run: ${why}`,
      path,
      "bring a file in the format of ONNX",
      cause,
    );
  }
}

const WHERE =
  "bring it back, or say where it is now: vrnn caption RUN picture.jpg --features PATH, and for good vrnn train --resume RUN --features PATH";

function contentOfKnown(path: string): Uint8Array {
  try {
    return readContent(path);
  } catch (cause) {
    if (!(cause instanceof VrnnError)) throw cause;
    throw new VrnnError(
      "run/encoder",
      `the encoder that the run was trained with is not to be read: ${cause.what}`,
      {
        at: path,
        remedy: WHERE,
        cause,
      },
    );
  }
}

const anotherOne = (at: string, sha256: string, known: EncoderKnowledge): VrnnError =>
  new VrnnError(
    "run/encoder",
    `this is not the encoder that the run was trained with: its SHA-256 is ${sha256.slice(0, 12)}…, and was ${known.sha256.slice(0, 12)}…`,
    { at, remedy: WHERE },
  );
