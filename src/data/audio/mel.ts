/** Bands of frequencies as wide as an ear hears them. */
import { VrnnError } from "../../errors.ts";

/** Between frequencies in Hz and pitches in mel. */
export interface MelScale {
  readonly toMel: (hertz: number) => number;
  readonly toHertz: (mel: number) => number;
}

/** What scales are called. */
export type MelScaleName = "slaney" | "htk";

/** Where Slaney's scale turns from linear to logarithmic, and its steps: 200 / 3 Hz below, 27 to a factor of 6.4 above. */
const [BREAK, LINEAR, LOGARITHMIC] = [1000, 200 / 3, Math.log(6.4) / 27] as const;

/** The scale of Slaney's Auditory Toolbox (1998), and that of O'Shaughnessy (1987), which HTK and Kaldi have. */
export const MEL_SCALES = {
  slaney: {
    toMel: (hertz) =>
      hertz < BREAK ? hertz / LINEAR : BREAK / LINEAR + Math.log(hertz / BREAK) / LOGARITHMIC,
    toHertz: (mel) =>
      mel < BREAK / LINEAR ? mel * LINEAR : BREAK * Math.exp(LOGARITHMIC * (mel - BREAK / LINEAR)),
  },
  htk: {
    toMel: (hertz) => 1127 * Math.log1p(hertz / 700),
    toHertz: (mel) => 700 * Math.expm1(mel / 1127),
  },
} as const satisfies Record<MelScaleName, MelScale>;

/** A bank of filters to be. */
export interface MelOptions {
  /** Samples a second. */
  readonly rate: number;
  readonly fftSize: number;
  readonly bands: number;
  /** The lower end of the first band and the upper one of the last, in Hz; 0 and rate / 2 unless told. */
  readonly lowHz?: number | undefined;
  readonly highHz?: number | undefined;
  /**
   * `slaney`, librosa's: triangles over Hz, each of area 1 in units of Hz. `htk`, HTK's and Kaldi's: triangles over mel, each
   * of height 1. `htk` unless told.
   */
  readonly scale?: MelScaleName | undefined;
}

/** Weights of frequencies in bands. */
export interface MelFilters {
  readonly bands: number;
  /** Frequencies: fftSize / 2 + 1. */
  readonly bins: number;
  /** By band: the frequency that counts most, in Hz. */
  readonly centresHz: readonly number[];
  /** By band: its first frequency, and the weights from there on. */
  readonly filters: readonly { readonly from: number; readonly weights: Float64Array }[];
}

/**
 * Triangles between neighbours of `bands` + 2 places that are equally far from each other in mel.
 *
 * @throws VrnnError `data/mel` when frequencies are out of order or out of range, or a band is so narrow that no frequency of
 * the transform falls into it
 * @example
 * melFilters({ rate: 16_000, fftSize: 512, bands: 40, scale: "slaney" }).filters[0]; // { from: 1, weights: [0.02...] }
 */
export function melFilters({
  rate,
  fftSize,
  bands,
  lowHz = 0,
  highHz = rate / 2,
  scale = "htk",
}: MelOptions): MelFilters {
  checkRange(lowHz, highHz, rate);
  const { toMel, toHertz } = MEL_SCALES[scale];
  const [low, high] = [toMel(lowHz), toMel(highHz)];
  const isOverHertz = scale === "slaney";
  const places = Array.from({ length: bands + 2 }, (_, i) => {
    const mel = low + ((high - low) * i) / (bands + 1);
    return isOverHertz ? toHertz(mel) : mel;
  });
  const bins = fftSize / 2 + 1;
  const frequencies = Array.from({ length: bins }, (_, k) => {
    const hertz = (k * rate) / fftSize;
    return isOverHertz ? hertz : toMel(hertz);
  });
  const filters = Array.from({ length: bands }, (_, band) => {
    const [left, middle, right] = places.slice(band, band + 3) as [number, number, number];
    const height = isOverHertz ? 2 / (right - left) : 1;
    const inside = frequencies.flatMap((place, k) => (place > left && place < right ? [k] : []));
    const weights = inside.map(
      (k) =>
        height *
        Math.min((frequencies[k]! - left) / (middle - left), (right - frequencies[k]!) / (right - middle)),
    );
    return { from: inside[0] ?? 0, weights: Float64Array.from(weights) };
  });
  const empty = filters.findIndex(({ weights }) => weights.length === 0);
  if (empty >= 0) throw noFrequency(empty, bands, fftSize);
  const centresHz = places.slice(1, -1).map((place) => (isOverHertz ? place : toHertz(place)));
  return { bands, bins, centresHz, filters };
}

/** The energy of each band. @param power `[bins]` @param out `[bands]`, written */
export function applyMel({ filters }: MelFilters, power: Float64Array, out: Float64Array): void {
  for (const [band, { from, weights }] of filters.entries()) {
    let sum = 0;
    for (let i = 0; i < weights.length; i++) sum += weights[i]! * power[from + i]!;
    out[band] = sum;
  }
}

function checkRange(low: number, high: number, rate: number): void {
  if (low >= 0 && low < high && high <= rate / 2) return;
  throw new VrnnError(
    "data/mel",
    `bands from ${low} to ${high} Hz cannot be heard at ${rate} samples a second`,
    {
      remedy: `give frequencies from 0 to ${rate / 2} Hz, the lower one first`,
    },
  );
}

const noFrequency = (band: number, bands: number, size: number): VrnnError =>
  new VrnnError(
    "data/mel",
    `no frequency of a transform of ${size} falls into band ${band + 1} of ${bands}`,
    {
      remedy: "give fewer bands or a larger transform",
    },
  );
