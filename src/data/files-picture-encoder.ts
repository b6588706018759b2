/** Encoders of pictures that somebody brings: a file of ONNX that is run as it is and not trained. */
import { usageError } from "../options.ts";
import { unreadWords } from "./encoders.ts";
import { type EncoderFile, fileWords, openedEncoder, requireRoom, toldBy } from "./files-encoder.ts";
import type { EncoderKnowledge } from "./images/encoder-knowledge.ts";
import {
  type Encoded,
  type EncoderPorts,
  encodedOf,
  fedPictures,
  type PictureEncoding,
  portsOf,
} from "./images/encoder-ports.ts";
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
  readonly pixels: PixelScaleName;
  private readonly file: EncoderFile;

  private constructor(file: EncoderFile, pixels: PixelScaleName) {
    this.ports = portsOf(file.network.inputs, file.network.outputs, file.path);
    this.file = file;
    this.pixels = pixels;
  }

  /**
   * @param pixels how shades become numbers @param known the one that a run was trained with: any other is refused
   * @throws VrnnError `data/encoder` for what reads no pictures, `usage/option`, and as `openedEncoder`
   */
  static async open(path: string, pixels = "unit", known?: EncoderKnowledge): Promise<PictureEncoder> {
    const scale = scaleNamed(pixels);
    return openedEncoder(
      path,
      (file) => new PictureEncoder(file, scale),
      known && { what: "encoder", sha256: known.sha256, command: "vrnn caption RUN picture.jpg" },
    );
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
      all.push(encodedOf(told, layout, own.length, this.file.path));
      this.requireRoom(all[0]!, pictures.length);
    }
    return { ...all[0]!, values: all.flatMap(({ values }) => values) };
  }

  private told(fed: ReturnType<typeof fedPictures>) {
    const { input, output } = this.ports;
    return toldBy(this.file, { [input]: fed }, output, {
      what: `pictures [${fed.shape.join(", ")}]`,
      remedy: "bring them to its size with --size",
    });
  }

  private requireRoom({ places, size }: Encoded, pictures: number): void {
    const told = `${places} places of ${size} numbers of each picture, of all of them`;
    requireRoom(places * size * pictures, told, this.file.path, "make the pictures smaller with --size");
  }

  /** What a run keeps of it. */
  knowledgeOf({ grid }: Encoded): EncoderKnowledge {
    const { input, output, layout } = this.ports;
    const { pixels } = this;
    return { sha256: this.file.sha256, input, output, layout, pixels, ...(grid && { grid }) };
  }

  /** What there is to say of it. */
  notesOf({ places, size, grid }: Encoded): string[] {
    const { input, output, others, layout } = this.ports;
    const where = grid === undefined ? `${places}` : grid.join(" × ");
    return [
      `pictures are read by ${fileWords(this.file)}`,
      `its input ${input} (${layout}) is given shades ${pixelScales[this.pixels].words} (--pixels ${this.pixels}), its output ${output} tells ${where} places of ${size} numbers${unreadWords(others)}`,
    ];
  }

  dispose(): Promise<void> {
    return this.file.network.dispose();
  }
}

function scaleNamed(name: string): PixelScaleName {
  const found = pixelScaleNames.find((each) => each === name);
  if (found !== undefined) return found;
  throw usageError(
    `option '--pixels': "${name}" is no way to tell shades`,
    `write ${pixelScaleNames.join(", ")}`,
  );
}
