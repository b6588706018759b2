/** What `vrnn reconstruct` makes of moving pictures. */
import { meanOf } from "../../collections.ts";
import { filmOf } from "../../data/images/film.ts";
import type { Picture } from "../../data/images/picture.ts";
import { frameReconstructions } from "../../inference/frame-reconstructions.ts";
import { framesOf } from "../../run/run-fields.ts";
import { frameErrorTable, type ReconstructedClip } from "../../tables/frame-error-table.ts";
import { aligned } from "../../words/aligned.ts";
import type { Context } from "../context.ts";
import type { Event, FileMade } from "../event.ts";
import { pictureName } from "../picture-name.ts";
import type { ReconstructGiven, ReconstructInput } from "../reconstruct-input.ts";
import { madeIn, note } from "../usual.ts";
import { filmMade, isFilm } from "./film-made.ts";
import { refuseOfTables } from "./looked-frames.ts";
import type { ReconstructedFrames } from "./material.ts";

/** A clip, and its frames beside what was made of them, in 256 shades, where a film shows them. */
interface Clip extends ReconstructedClip {
  readonly errors: number[];
  readonly last: number[];
  readonly shown: { readonly seen: Uint8Array; readonly expected: Uint8Array }[];
}

/**
 * What the posterior makes of each frame of clips: its mean squared error beside that of the last frame again, and films of both.
 *
 * @throws VrnnError `usage/option` for options of tables
 */
export async function* reconstructedClips(
  context: Context,
  { out, film }: ReconstructInput,
  { samples, seed }: ReconstructGiven,
): AsyncGenerator<Event<ReconstructedFrames>> {
  refuseOfTables({ samples, seed });
  const clips = await clipsOf(context, film !== undefined);
  const films = film === undefined ? [] : await filmsOf(context, film, clips);
  yield { type: "artifacts", files: [{ path: out, content: () => frameErrorTable(clips) }, ...films] };
  yield { type: "lines", lines: linesOf(clips) };
  const { error, last } = meansOf(clips);
  if (last <= error)
    yield note("the last frame again is as near or nearer: what the posterior tells is of no use here");
  const frames = clips.reduce((sum, { errors }) => sum + errors.length, 0);
  const summary = { out, film, clips: clips.length, frames, error, last };
  yield { type: "result", value: { clips }, summary };
}

async function clipsOf(context: Context, isShown: boolean): Promise<Clip[]> {
  const source = await context.source();
  const { config, model, weights } = await context.run();
  framesOf(config);
  const clips = (await source.index()).map(({ name }): Clip => ({ name, errors: [], last: [], shown: [] }));
  const before: (Float64Array | undefined)[] = [];
  const settings = { runtime: await context.runtime(), model, weights, fields: config.fields, source };
  for await (const { i, seen, expected } of frameReconstructions(settings)) {
    const { errors, last, shown } = clips[i]!;
    errors.push(meanSquare(seen, expected));
    last.push(before[i] === undefined ? Number.NaN : meanSquare(seen, before[i]));
    before[i] = seen;
    if (isShown) shown.push({ seen: inShades(seen), expected: inShades(expected) });
  }
  return clips;
}

const meanSquare = (a: Float64Array, b: Float64Array): number =>
  a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0) / a.length;

const inShades = (shares: Float64Array): Uint8Array =>
  Uint8Array.from(shares, (share) => Math.round(255 * share));

/** Each clip as it is, with what was made of it to its right. */
async function filmsOf(context: Context, path: string, clips: readonly Clip[]): Promise<FileMade[]> {
  const { shape } = framesOf((await context.run()).config);
  const filmOfClip = ({ shown }: Clip): Picture[] => {
    const row = (part: "seen" | "expected") =>
      shown.map((frame) => Float32Array.from(frame[part], (shade) => shade / 255));
    return filmOf([row("seen"), row("expected")], shape);
  };
  if (isFilm(path)) return [filmMade(context, path, () => clips.flatMap(filmOfClip))];
  const contents: Record<string, FileMade["content"]> = {};
  for (const clip of clips) {
    const name = pictureName(clip.name.replaceAll("/", "_"), contents, ".gif");
    contents[name] = filmMade(context, name, () => filmOfClip(clip)).content;
  }
  return madeIn(context, path, contents);
}

/** Means over all frames that have one before them. */
function meansOf(clips: readonly ReconstructedClip[]): { readonly error: number; readonly last: number } {
  return {
    error: meanOf(clips.flatMap(({ errors }) => errors.slice(1))),
    last: meanOf(clips.flatMap(({ last }) => last.slice(1))),
  };
}

/** A clip a line, and all of them together. */
function linesOf(clips: readonly ReconstructedClip[]): string[] {
  const line = (name: string, own: readonly ReconstructedClip[]) => {
    const { error, last } = meansOf(own);
    return [name, error.toPrecision(4), last.toPrecision(4)];
  };
  const all = clips.length > 1 ? [line("all", clips)] : [];
  return aligned([
    ["clip", "error", "last frame again"],
    ...clips.map((clip) => line(clip.name, [clip])),
    ...all,
  ]);
}
