/** How odd frames are looked for, in clips and in what comes in live. */
import {
  asTheSecond,
  type FrameDetector,
  type FrameDetectorOptions,
  frameDetector,
  worstPatch,
} from "../../anomaly/frames.ts";
import type { SequenceSource } from "../../data/source.ts";
import { VrnnError } from "../../errors.ts";
import { frameMaps } from "../../inference/frame-maps.ts";
import type { FrameMeasureName } from "../../inference/frame-measure-names.ts";
import { usageError } from "../../options.ts";
import { framesOf } from "../../run/run-fields.ts";
import { counted } from "../../words/figures.ts";
import type { Context } from "../context.ts";
import type { NoteEvent } from "../event.ts";
import { filesOf, note } from "../usual.ts";

/** By what frames are odd. */
export interface FrameLook {
  readonly by: FrameMeasureName;
  /** The side of the squares that are looked at. */
  readonly patch: number;
  readonly seed: number;
}

/** How an alarm is set. */
export interface FrameAlarm extends FrameLook, Pick<FrameDetectorOptions, "smoothing"> {
  readonly alarmsPerThousandSteps?: number | undefined;
  /** Where clean clips are; the validation split of the run unless told. */
  readonly clean?: string | undefined;
}

/** The most clean frames in 1,000 that are flagged, unless told. */
const USUAL_RATE = 1;

/**
 * A detector set by clean clips, and a word on how.
 *
 * @throws VrnnError `detect/clean` where there are no clean clips
 */
export async function* setDetector(
  context: Context,
  alarm: FrameAlarm,
): AsyncGenerator<NoteEvent, FrameDetector> {
  const { smoothing, alarmsPerThousandSteps = USUAL_RATE } = alarm;
  const clean = await lookedAt(context, alarm, await cleanClips(context, alarm.clean));
  const detector = frameDetector(
    clean.map(({ patches }) => patches),
    { smoothing, alarmsPerThousandSteps },
  );
  const steps = clean.reduce((sum, { patches }) => sum + patches.length, 0);
  yield note(
    `an alarm is set for ${alarmsPerThousandSteps} in 1,000 frames at most, by ${counted(steps, "clean frame")}`,
  );
  return detector;
}

/** The worst patch of each frame of a clip, and the map of the frame whose patch is worst. */
export interface Looked {
  readonly name: string;
  /** `[T]` each */
  readonly patches: Float64Array;
  readonly x: number[];
  readonly y: number[];
  /** `[H·W]`, and which frame it is of. */
  worst: { readonly t: number; readonly map: Float64Array };
}

/** @throws VrnnError `detect/clean`, `data/...` */
async function cleanClips(context: Context, path: string | undefined): Promise<SequenceSource> {
  const files = filesOf(context);
  if (path !== undefined) return files.otherSource(path);
  const splits = await files.ownSplits();
  if (splits !== undefined && (await splits.valid.index()).length > 0) return splits.valid;
  throw new VrnnError("detect/clean", "there are no clean clips to set a threshold by", {
    at: files.path,
    remedy: "name some: --clean <path>",
  });
}

/** The worst patch of each frame of each clip. */
export async function lookedAt(
  context: Context,
  { by, patch, seed }: FrameLook,
  source: SequenceSource,
): Promise<Looked[]> {
  const { config, model, weights } = await context.run();
  const [, width] = framesOf(config).shape as [number, number];
  const clips = (await source.index()).map(
    ({ name, length }): Looked => ({
      name,
      patches: new Float64Array(length),
      x: [],
      y: [],
      worst: { t: 0, map: new Float64Array() },
    }),
  );
  const settings = { runtime: await context.runtime(), model, weights, fields: config.fields, source, seed };
  for await (const { i, t, map } of frameMaps({ ...settings, measure: by })) {
    const clip = clips[i]!;
    const { value, x, y } = worstPatch(map, width, patch);
    [clip.patches[t], clip.x[t], clip.y[t]] = [value, x, y];
    if (t <= 1 || value > clip.patches[clip.worst.t]!) clip.worst = { t, map }; // the first frame gives way to the second
  }
  for (const { patches, x, y } of clips) for (const each of [patches, x, y]) asTheSecond(each);
  return clips;
}

/** Refuses options that have an effect on tables alone. @param options what was said, by their names @throws VrnnError `usage/option` */
export function refuseOfTables(options: Readonly<Record<string, unknown>>): void {
  const found = Object.entries(options).find(([, value]) => value !== undefined && value !== false);
  if (found === undefined) return;
  throw usageError(`--${found[0]} is of tables, and this run is of frames`, "leave it out");
}
