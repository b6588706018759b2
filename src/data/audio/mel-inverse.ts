/** Spectra of bands: what frequencies a band's energy may have come from. */
import { applyMel, type MelFilters } from "./mel.ts";

/** How long is searched. */
export interface MelInverseOptions {
  /** 100 unless told. */
  readonly iterations?: number;
  /** Whether bands are sums of powers or of magnitudes; `power` unless told. */
  readonly spectrum?: "power" | "magnitude";
}

/** Below this, frequencies count as silent; no division is by less. */
const TINY = 1e-30;

/**
 * Magnitudes whose bands are given: non-negative x of a small ‖A x - m‖ by multiplicative updates x ← x (Aᵀ m) / (Aᵀ A x), which
 * never raise it (Lee and Seung 2001). They start from Aᵀ m: a band's energy is spread over its frequencies.
 *
 * @param bands `[T, bands]`: energies, 0 or more, not their logarithms
 * @returns `[T, bins]`: magnitudes
 * @example
 * griffinLim(magnitudesOfBands(energies, filters), { fftSize: 512, hop: 128 });
 */
export function magnitudesOfBands(
  bands: Float32Array | Float64Array,
  filters: MelFilters,
  { iterations = 100, spectrum = "power" }: MelInverseOptions = {},
): Float64Array {
  const frames = bands.length / filters.bands;
  const out = new Float64Array(frames * filters.bins);
  for (let t = 0; t < frames; t++) {
    const row = bands.subarray(t * filters.bands, (t + 1) * filters.bands);
    const x = out.subarray(t * filters.bins, (t + 1) * filters.bins);
    solve(row, filters, x, iterations);
  }
  return spectrum === "power" ? out.map(Math.sqrt) : out;
}

function solve(bands: ArrayLike<number>, filters: MelFilters, x: Float64Array, iterations: number): void {
  const wanted = transposed(filters, bands);
  const known = new Float64Array(filters.bands);
  x.set(wanted);
  for (let n = 0; n < iterations; n++) {
    applyMel(filters, x, known);
    const actual = transposed(filters, known);
    for (let k = 0; k < x.length; k++) x[k] = actual[k]! > TINY ? (x[k]! * wanted[k]!) / actual[k]! : 0;
  }
}

/** Aᵀ y. */
function transposed({ filters, bins }: MelFilters, y: ArrayLike<number>): Float64Array {
  const out = new Float64Array(bins);
  for (const [band, { from, weights }] of filters.entries())
    for (let i = 0; i < weights.length; i++) out[from + i]! += weights[i]! * y[band]!;
  return out;
}
