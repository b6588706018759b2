/** Files of features as recognisers have them: those of HTK, and those of CMU Sphinx, which have no head to speak of. */
import { VrnnError } from "../../errors.ts";
import { counted } from "../../words/figures.ts";
import { type Frames, framesOf } from "./frames.ts";

/** The features of a file. */
export interface MfcFile {
  readonly frames: Frames;
  /** `HTK`, or `Sphinx`, which tells neither what its numbers are nor how fast they follow each other. */
  readonly format: "HTK" | "Sphinx";
  readonly byteOrder: "big-endian" | "little-endian";
  /** What HTK calls the kind of its features, as MFCC_E_D_A. */
  readonly kind?: string;
  /** Seconds from a row to the next, where the file tells. */
  readonly period?: number;
  readonly notes: readonly string[];
}

/** Numbers of a row, unless told. */
const CEPSTRA = 13;
const [SPHINX_HEAD, HTK_HEAD, FLOAT] = [4, 12, 4] as const;
/** HTK counts in steps of 100 ns. */
const TICKS_PER_SECOND = 1e7;

/** By the lowest six bits of HTK's kind (HTK book, §5.10.1). */
const KINDS = [
  "WAVEFORM",
  "LPC",
  "LPREFC",
  "LPCEPSTRA",
  "LPDELCEP",
  "IREFC",
  "MFCC",
  "FBANK",
  "MELSPEC",
  "USER",
  "DISCRETE",
  "PLP",
] as const;
/** Kinds whose numbers are whole ones of 16 bits. */
const WHOLE: readonly string[] = ["WAVEFORM", "IREFC", "DISCRETE"];
/** By bit, from 2⁶ on. */
const QUALIFIERS = ["E", "N", "D", "A", "C", "Z", "K", "0", "V", "T"] as const;
const [FIRST_QUALIFIER, CHECKSUM] = [6, 2] as const;

/**
 * Reads a file of features. Which format it has and the order of its bytes are told by its size, which both heads imply.
 *
 * @param file where the bytes come from, for messages.
 * @param width numbers of a row of a Sphinx file, which does not say; 13 unless told
 * @throws VrnnError `data/mfc` when no head fits the file's size, as when it was cut; when rows are compressed or no floats, by
 * their kind; for numbers that are NaN or infinite, with their place
 * @example
 * parseMfc(bytes, "an4/fash/an251-fash-b.mfc").frames; // { width: 13, length: 309, values }
 */
export function parseMfc(bytes: Uint8Array, file: string, width = CEPSTRA): MfcFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read =
    sphinx(view, { file, width, isLittle: false }) ??
    sphinx(view, { file, width, isLittle: true }) ??
    htk(view, { file, isLittle: false }) ??
    htk(view, { file, isLittle: true });
  if (read === undefined) throw noFeatures(whyNot(view), file);
  return read;
}

interface Place {
  readonly file: string;
  readonly isLittle: boolean;
}

function sphinx(
  view: DataView,
  { file, width, isLittle }: Place & { readonly width: number },
): MfcFile | undefined {
  if (view.byteLength < SPHINX_HEAD) return undefined;
  const count = view.getInt32(0, isLittle);
  if (count < 0 || view.byteLength !== SPHINX_HEAD + FLOAT * count) return undefined;
  if (!Number.isInteger(width) || width < 1 || count % width !== 0)
    throw noFeatures(
      `${counted(count, "number")} are no rows of ${width}`,
      file,
      "tell how many numbers a row has",
    );
  const frames = framesOf(floatsOf(view, { file, isLittle, start: SPHINX_HEAD, count, width }), width);
  return { frames, format: "Sphinx", byteOrder: orderOf(isLittle), notes: notesOf(frames, file) };
}

function htk(view: DataView, { file, isLittle }: Place): MfcFile | undefined {
  if (view.byteLength < HTK_HEAD) return undefined;
  const [rows, ticks] = [view.getInt32(0, isLittle), view.getInt32(4, isLittle)];
  const [size, code] = [view.getInt16(8, isLittle), view.getUint16(10, isLittle)];
  const { kind, qualifiers } = kindOf(code);
  const most = HTK_HEAD + rows * size + (qualifiers.includes("K") ? CHECKSUM : 0);
  if (rows < 0 || size <= 0 || kind === undefined || view.byteLength !== most) return undefined;
  const name = [kind, ...qualifiers].join("_");
  if (qualifiers.includes("C"))
    throw noFeatures(
      `its ${name} are compressed (_C)`,
      file,
      "write them without, as HCopy does by SAVECOMPRESSED = F",
    );
  if (WHOLE.includes(kind) || size % FLOAT !== 0)
    throw noFeatures(`its ${name} are no floats`, file, "give features such as MFCC or FBANK");
  const width = size / FLOAT;
  const frames = framesOf(
    floatsOf(view, { file, isLittle, start: HTK_HEAD, count: rows * width, width }),
    width,
  );
  return {
    frames,
    format: "HTK",
    byteOrder: orderOf(isLittle),
    kind: name,
    ...(ticks > 0 && { period: ticks / TICKS_PER_SECOND }),
    notes: notesOf(frames, file),
  };
}

function kindOf(code: number): { readonly kind: string | undefined; readonly qualifiers: readonly string[] } {
  const kind = KINDS[code & 0x3f];
  return { kind, qualifiers: QUALIFIERS.filter((_, bit) => ((code >> (bit + FIRST_QUALIFIER)) & 1) === 1) };
}

const orderOf = (isLittle: boolean): MfcFile["byteOrder"] => (isLittle ? "little-endian" : "big-endian");

interface Extent extends Place {
  readonly start: number;
  readonly count: number;
  readonly width: number;
}

function floatsOf(view: DataView, { file, isLittle, start, count, width }: Extent): Float32Array {
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const value = view.getFloat32(start + FLOAT * i, isLittle);
    if (!Number.isFinite(value))
      throw new VrnnError(
        "data/mfc",
        `number ${(i % width) + 1} of row ${Math.floor(i / width) + 1} is ${value}`,
        {
          at: file,
          remedy: "compute the features again, with dither where there is silence",
        },
      );
    values[i] = value;
  }
  return values;
}

const notesOf = ({ length, values }: Frames, file: string): string[] => {
  if (length === 0) return [`${file}: it has no row`];
  return values.every((value) => value === 0) ? [`${file}: all of its numbers are 0`] : [];
};

function whyNot(view: DataView): string {
  if (view.byteLength < SPHINX_HEAD) return `it has ${counted(view.byteLength, "byte")}`;
  const big = SPHINX_HEAD + FLOAT * view.getUint32(0, false);
  const little = SPHINX_HEAD + FLOAT * view.getUint32(0, true);
  return `it has ${view.byteLength} bytes, its head tells of ${Math.min(big, little)} as Sphinx has it, and of others as HTK does`;
}

const noFeatures = (
  what: string,
  at: string,
  remedy = "fetch the file again, or give one of HTK or Sphinx",
): VrnnError => new VrnnError("data/mfc", `no file of features: ${what}`, { at, remedy });
