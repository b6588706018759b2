/** Encoders that somebody brings, of whatever they read: which file one is, and how it is run. */
import { createHash } from "node:crypto";
import { VrnnError } from "../errors.ts";
import { hasExternalData } from "../onnx/external-data.ts";
import { type FedTensor, type FloatTensor, FrozenNetwork } from "../runtime/node-frozen.ts";
import type { Frames } from "./audio/frames.ts";
import { refused } from "./encoders.ts";
import { readContent } from "./files-bytes.ts";

/** The file that a run was trained with. */
export interface KnownFile {
  readonly what: "encoder" | "tokenizer";
  readonly sha256: string;
  /** What is run with it at another place: `vrnn caption RUN picture.jpg`. */
  readonly command: string;
}

/** An encoder as its file has it. */
export interface EncoderFile {
  readonly path: string;
  readonly sha256: string;
  readonly network: FrozenNetwork;
}

/** All that an encoder tells takes no more bytes than these. */
const MOST_BYTES = 2 ** 31;

/**
 * An encoder of a file.
 *
 * @param make what reads its ports; where it throws, the encoder is given back @param known any other file is refused
 * @throws VrnnError `data/encoder` for what is no network of one file, `run/encoder` for one that is missing or another one, and what
 * `readContent` throws
 */
export async function openedEncoder<Encoder>(
  path: string,
  make: (file: EncoderFile) => Encoder | Promise<Encoder>,
  known?: KnownFile,
): Promise<Encoder> {
  const model = contentOf(path, known);
  if (hasExternalData(model))
    throw refused(
      "its weights stand in other files",
      path,
      "save it as one file, with all its weights inside",
    );
  const network = await opened(model, path);
  try {
    return await make({ path, sha256: sha256Of(model), network });
  } catch (cause) {
    await network.dispose();
    throw cause;
  }
}

/**
 * The bytes of a file that belongs to an encoder.
 *
 * @throws VrnnError `run/encoder` for one that is missing or another one than is known, and what `readContent` throws
 */
export function contentOf(path: string, known: KnownFile | undefined): Uint8Array {
  if (known === undefined) return readContent(path);
  const content = contentOfKnown(path, known);
  const sha256 = sha256Of(content);
  if (known.sha256 === sha256) return content;
  throw new VrnnError(
    "run/encoder",
    `this is not the ${known.what} that the run was trained with: its SHA-256 is ${sha256.slice(0, 12)}…, and was ${known.sha256.slice(0, 12)}…`,
    { at: path, remedy: whereOf(known) },
  );
}

export const sha256Of = (content: Uint8Array): string => createHash("sha256").update(content).digest("hex");

function contentOfKnown(path: string, known: KnownFile): Uint8Array {
  try {
    return readContent(path);
  } catch (cause) {
    if (!(cause instanceof VrnnError)) throw cause;
    throw new VrnnError(
      "run/encoder",
      `the ${known.what} that the run was trained with is not to be read: ${cause.what}`,
      { at: path, remedy: whereOf(known), cause },
    );
  }
}

const whereOf = ({ command }: KnownFile): string =>
  `bring it back, or say where it is now: ${command} --features PATH, and for good vrnn train --resume RUN --features PATH`;

async function opened(model: Uint8Array, path: string): Promise<FrozenNetwork> {
  try {
    return await FrozenNetwork.open(model);
  } catch (cause) {
    throw refused(
      `it is no network that can be run: ${whyOf(cause)}`,
      path,
      "bring a file in the format of ONNX",
      cause,
    );
  }
}

const whyOf = (cause: unknown): string => (cause instanceof VrnnError ? cause.what : String(cause));

/**
 * What an encoder tells of what it is fed.
 *
 * @param what that is, in words @param remedy what is done where it cannot read it
 * @throws VrnnError `data/encoder`
 */
export async function toldBy(
  { network, path }: EncoderFile,
  fed: Readonly<Record<string, FedTensor>>,
  output: string,
  { what, remedy }: { readonly what: string; readonly remedy: string },
): Promise<FloatTensor> {
  try {
    return await network.run(fed, output);
  } catch (cause) {
    throw refused(`it cannot read ${what}: ${whyOf(cause)}`, path, remedy, cause);
  }
}

/** Which file it is: `encoder.onnx, which is not trained (SHA-256 0123456789ab…)`. */
export const fileWords = ({ path, sha256 }: Pick<EncoderFile, "path" | "sha256">): string =>
  `${path}, which is not trained (SHA-256 ${sha256.slice(0, 12)}…)`;

/**
 * @param numbers how many are told in all @param told of what, in words @param smaller how less is told
 * @throws VrnnError `data/too-large`
 */
export function requireRoom(numbers: number, told: string, at: string, smaller: string): void {
  if (Float32Array.BYTES_PER_ELEMENT * numbers <= MOST_BYTES) return;
  throw new VrnnError("data/too-large", `it tells ${told} more than ${MOST_BYTES / 2 ** 30} GB`, {
    at,
    remedy: `bring one that tells fewer, or ${smaller}`,
  });
}

/** How it is said what an encoder tells of one thing after the other. */
export interface ToldWords {
  /** Of what its numbers are, such as `a frame, of all recordings`. */
  readonly each: string;
  /** How less is told. */
  readonly smaller: string;
  /** What is to be done about what is not finite. */
  readonly finite: string;
}

/** Sees that what an encoder tells of one thing after the other is finite, and that there is room for all of it. */
export class ToldRoom {
  private readonly path: string;
  private readonly words: ToldWords;
  /** Numbers that were told by now. */
  private numbers = 0;

  /** @param path that of the encoder */
  constructor(path: string, words: ToldWords) {
    this.path = path;
    this.words = words;
  }

  /** What was told. @param at of what @throws VrnnError `data/encoder` for what is not finite, `data/too-large` */
  taken(told: Frames, at: string): Frames {
    const { each, smaller, finite } = this.words;
    if (!told.values.every(Number.isFinite))
      throw refused(`of ${at} it tells values that are not finite`, this.path, finite);
    this.numbers += told.values.length;
    requireRoom(this.numbers, `${told.width} numbers ${each}`, this.path, smaller);
    return told;
  }
}
