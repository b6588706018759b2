/** The features of each frame on its own: bands or cepstra. */
import { RealFft } from "./fft.ts";
import { type Cutting, FrameCutter, preEmphasise, removeMean } from "./frames.ts";
import { applyMel, type MelOptions, melFilters } from "./mel.ts";
import { cosineTransform, lifterWeights } from "./mfcc.ts";
import { joined } from "./stages.ts";
import { type WindowName, windowOf } from "./windows.ts";

/** All that is to be known, checked. */
export interface SpectralOptions {
  readonly cutting: Cutting;
  readonly mel: MelOptions;
  readonly shape: WindowName;
  readonly removeOffset: boolean;
  readonly preEmphasis: number;
  /** What magnitudes are raised to. */
  readonly power: 1 | 2;
  readonly floor: number;
  readonly cepstra: number | undefined;
  readonly lifter: number;
  readonly energy: boolean;
}

/** Rows of features of samples as they come. */
export interface SpectralRows {
  readonly width: number;
  /** By band: the frequency that counts most, in Hz. */
  readonly centresHz: readonly number[];
  push(samples: Float32Array): Float32Array;
  end(): Float32Array;
}

/** @throws VrnnError `data/mel` for bands that cannot be */
export function spectralRows(options: SpectralOptions): SpectralRows {
  const rowOf = rowMaker(options);
  let rows: Float32Array[] = [];
  const cutter = new FrameCutter(options.cutting, (frame) => {
    rows.push(rowOf.row(frame));
  });
  const taken = (): Float32Array => {
    const all = new Float32Array(rows.length * rowOf.width);
    for (const [t, row] of rows.entries()) all.set(row, t * rowOf.width);
    rows = [];
    return all;
  };
  return {
    width: rowOf.width,
    centresHz: rowOf.centresHz,
    push: (samples) => {
      cutter.push(samples);
      return taken();
    },
    end: () => {
      cutter.end();
      return taken();
    },
  };
}

interface RowMaker extends Pick<SpectralRows, "width" | "centresHz"> {
  readonly row: (frame: Float64Array) => Float32Array;
}

function rowMaker(options: SpectralOptions): RowMaker {
  const { removeOffset, preEmphasis, floor, energy, cepstra } = options;
  const powerOf = spectrumMaker(options);
  const filters = melFilters(options.mel);
  const bands = new Float64Array(filters.bands);
  const log = (value: number) => Math.log(Math.max(value, floor));
  const row = (frame: Float64Array): Float32Array => {
    if (removeOffset) removeMean(frame);
    const loudness = energy ? log(energyOf(frame)) : 0;
    if (preEmphasis > 0) preEmphasise(frame, preEmphasis);
    applyMel(filters, powerOf(frame), bands);
    for (let i = 0; i < bands.length; i++) bands[i] = log(bands[i]!);
    return finish(bands, loudness);
  };
  const finish = cepstra === undefined ? bandsRow(energy) : cepstraRow(options, filters.bands, cepstra);
  return { width: cepstra ?? filters.bands + Number(energy), centresHz: filters.centresHz, row };
}

type Finish = (bands: Float64Array, loudness: number) => Float32Array;

const bandsRow =
  (energy: boolean): Finish =>
  (bands, loudness) =>
    energy ? joined(Float32Array.of(loudness), Float32Array.from(bands)) : Float32Array.from(bands);

function cepstraRow({ lifter, energy }: SpectralOptions, bands: number, cepstra: number): Finish {
  const [transform, weights] = [cosineTransform(cepstra, bands), lifterWeights(cepstra, lifter)];
  return (values, loudness) => {
    const row = new Float32Array(cepstra);
    for (let k = 0; k < cepstra; k++) {
      const basis = transform[k]!;
      let sum = 0;
      for (let n = 0; n < bands; n++) sum += basis[n]! * values[n]!;
      row[k] = weights[k]! * sum;
    }
    if (energy) row[0] = loudness;
    return row;
  };
}

/** The power of each frequency of a frame, or its magnitude; the same memory each time. */
function spectrumMaker({
  cutting,
  mel,
  shape,
  power,
}: SpectralOptions): (frame: Float64Array) => Float64Array {
  const fft = new RealFft(mel.fftSize);
  const weights = windowOf(shape, cutting.window);
  const padded = new Float64Array(fft.size);
  const [re, im, out] = [0, 0, 0].map(() => new Float64Array(fft.bins)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  return (frame) => {
    for (let i = 0; i < frame.length; i++) padded[i] = frame[i]! * weights[i]!;
    fft.forward(padded, re, im);
    for (let k = 0; k < out.length; k++) {
      const square = re[k]! * re[k]! + im[k]! * im[k]!;
      out[k] = power === 2 ? square : Math.sqrt(square);
    }
    return out;
  };
}

function energyOf(frame: Float64Array): number {
  let sum = 0;
  for (const sample of frame) sum += sample * sample;
  return sum;
}
