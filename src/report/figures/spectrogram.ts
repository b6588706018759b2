import * as Plot from "@observablehq/plot";
import { encode } from "fast-png";
import type { Frames } from "../../data/audio/frames.ts";
import { base64 } from "../base64.ts";
import { AXIS_LABEL, type Canvas, emptyPanel, isNarrow, type Panel, plotPanel, timeAxis } from "../panel.ts";
import { colour } from "../theme.ts";

/** Rows over time, and what they are. */
export interface SpectrogramContent {
  readonly name: string;
  /** `[T, bands]`: logarithms of bands or of frequencies, or cepstra. */
  readonly frames: Frames;
  /** Rows a second. */
  readonly frameRate: number;
  /** By row: its frequency in Hz, upwards. Without, rows are counted as bands. */
  readonly centresHz?: readonly number[];
}

/** Most cells drawn across: as many as pixels of a dense screen show. */
const MOST_ACROSS = 1600;
const [HIGH, NARROW] = [240, 160] as const;
/** What is left of the picture for the axis, in pixels. */
export const LEFT = 64;
/** And right of it. */
export const RIGHT = 10;
/** The shares of all values from which on they are as dark, or as light, as it gets. */
const [DARKEST, LIGHTEST] = [0.02, 0.998] as const;
/** From quiet to loud, of a lightness that rises evenly: black, violet, red, yellow, nearly white. */
const RAMP = [
  [10, 8, 28],
  [72, 24, 106],
  [168, 46, 95],
  [236, 105, 55],
  [250, 186, 70],
  [252, 250, 210],
] as const;

/** The colour of a value from 0, quiet, to 1, loud. @example rampColour(0) // [10, 8, 28] */
export function rampColour(share: number): [number, number, number] {
  const place = Math.min(Math.max(share, 0), 1) * (RAMP.length - 1);
  const index = Math.min(Math.floor(place), RAMP.length - 2);
  const [from, to] = [RAMP[index]!, RAMP[index + 1]!];
  const at = (i: 0 | 1 | 2) => Math.round(from[i] + (to[i] - from[i]) * (place - index));
  return [at(0), at(1), at(2)];
}

/**
 * A spectrogram as pixels: time from left to right, rows from the bottom up, the louder the lighter. Where there are more
 * frames than can be shown, neighbours are shown by the loudest of them.
 *
 * @returns the bytes of a PNG
 */
export function spectrogramPng({ width: bands, length, values }: Frames): Uint8Array {
  const across = Math.min(length, MOST_ACROSS);
  const [low, high] = rangeOf(values);
  const data = new Uint8Array(across * bands * 3);
  for (let x = 0; x < across; x++) {
    const [from, to] = [Math.floor((x * length) / across), Math.floor(((x + 1) * length) / across)];
    for (let band = 0; band < bands; band++) {
      let most = Number.NEGATIVE_INFINITY;
      for (let t = from; t < to; t++) most = Math.max(most, values[t * bands + band]!);
      data.set(rampColour((most - low) / (high - low)), ((bands - 1 - band) * across + x) * 3);
    }
  }
  return encode({ width: across, height: bands, data, channels: 3 });
}

/** Where the ramp begins and ends: a few outliers must not take all of it. */
function rangeOf(values: Float32Array): [low: number, high: number] {
  const sorted = Float32Array.from(values).sort();
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))]!;
  const [low, high] = [at(DARKEST), at(LIGHTEST)];
  return [low, high > low ? high : low + 1];
}

/** A spectrogram with its axes. */
export function spectrogramPanel(
  { frames, frameRate, centresHz }: SpectrogramContent,
  { width }: Canvas,
): Panel {
  if (frames.length === 0) return emptyPanel(width, "no frames");
  const height = isNarrow({ width }) ? NARROW : HIGH;
  const margins = { marginTop: 6, marginLeft: LEFT, marginRight: RIGHT, marginBottom: 36 };
  const x: Plot.ScaleOptions = { type: "linear", domain: [0, frames.length / frameRate], label: "time (s)" };
  const ticks = centresHz && hertzTicks(centresHz);
  const inner = {
    width: width - margins.marginLeft - margins.marginRight,
    height: height - margins.marginTop - margins.marginBottom,
  };
  const axes = plotPanel({
    width,
    height,
    ...margins,
    x,
    y: { type: "linear", domain: [0, frames.width] },
    marks: [
      Plot.axisY({
        ...AXIS_LABEL,
        label: ticks ? "frequency (Hz)" : "band",
        labelOffset: 56,
        tickSize: 4,
        ticks: ticks ? [...ticks.keys()] : 4,
        ...(ticks && { tickFormat: (place: number) => ticks.get(place)!.toLocaleString("en") }),
      }),
      Plot.frame({ stroke: colour("line") }),
      timeAxis(x, inner.width),
    ],
  });
  const image =
    `<image x="${margins.marginLeft}" y="${margins.marginTop}" width="${inner.width}" height="${inner.height}" ` +
    `preserveAspectRatio="none" image-rendering="pixelated" href="data:image/png;base64,${base64(spectrogramPng(frames))}"/>`;
  return { ...axes, markup: image + axes.markup };
}

/** Round frequencies by where they stand: between the middles of rows, at most one a tenth of the height. */
function hertzTicks(centresHz: readonly number[]): Map<number, number> {
  const ticks = new Map<number, number>();
  const gap = centresHz.length / 10;
  let last = Number.NEGATIVE_INFINITY;
  for (const hertz of ROUND) {
    const after = centresHz.findIndex((centre) => centre >= hertz);
    if (after < 1) continue;
    const [from, to] = [centresHz[after - 1]!, centresHz[after]!];
    const place = after - 0.5 + (hertz - from) / (to - from);
    if (place - last < gap) continue;
    ticks.set(place, hertz);
    last = place;
  }
  return ticks;
}

const ROUND = [100, 250, 500, 1000, 2000, 3000, 4000, 5000, 6000, 8000, 10_000, 12_000, 16_000, 20_000];
