/** How sound becomes the steps of a model: one definition, for recordings that are learned from and for speech that goes on. */

import { VrnnError } from "../../errors.ts";
import * as z from "../../zod.ts";
import type { Frames } from "../audio/frames.ts";
import { type FrontEndOptions, stagesOf } from "../audio/front-end.ts";
import { MEL_SCALES, type MelScaleName } from "../audio/mel.ts";
import { chained, type MakeStage, throughStage } from "../audio/stages.ts";
import { WINDOW_NAMES } from "../audio/windows.ts";
import type { SoundEncoderKnowledge } from "./encoder-knowledge.ts";
import { type FeatureName, heardFeatures } from "./feature-names.ts";

const count = z.int().check(z.minimum(0), z.maximum(100_000));

/** How sound becomes the steps of a model; it belongs to the run. */
export interface Hearing {
  /** What a step is of; cepstra in the runs that say nothing. */
  readonly features: FeatureName;
  /** How samples become frames; absent: they come as frames, computed elsewhere. */
  readonly spectral?: FrontEndOptions | undefined;
  /** Which encoder tells frames of samples, where one does; as it is kept, see `knownSoundEncoder`. */
  readonly encoder?: SoundEncoderKnowledge | undefined;
  /** Numbers in a frame. */
  readonly width: number;
  /** Frames a second. */
  readonly frameRate: number;
  /** What is taken away from each frame: the mean of those before it, begun at the mean of the training frames. Absent: nothing. */
  readonly normalise?:
    | {
        readonly memory: number;
        readonly before: { readonly mean: readonly number[]; readonly rows: number };
      }
    | undefined;
  /** 1 for Δ, 2 for ΔΔ too. */
  readonly deltas: number;
  /** Frames that are one step. */
  readonly stack: number;
}

const number = z.optional(z.number().check(z.minimum(0), z.maximum(1e6)));

/** Ranges, and what options come to together, are checked where frames are made of them. */
const frontEndSchema = z.strictObject({
  rate: z.number().check(z.minimum(1), z.maximum(1e6)),
  ...{ windowMs: number, windowSamples: number, hopMs: number, hopSamples: number, fftSize: number },
  ...{ bands: number, cepstra: number, lifter: number, floor: number, preEmphasis: number },
  ...{ lowHz: number, highHz: number },
  edges: z.optional(z.enum(["snip", "centre"])),
  window: z.optional(z.enum(WINDOW_NAMES)),
  spectrum: z.optional(z.enum(["power", "magnitude"])),
  scale: z.optional(z.enum(Object.keys(MEL_SCALES) as MelScaleName[])),
  removeOffset: z.optional(z.boolean()),
  energy: z.optional(z.boolean()),
}) as z.ZodMiniType<unknown> as z.ZodMiniType<FrontEndOptions>; // JSON knows no undefined

export const hearingSchema: z.ZodMiniType<Hearing> = z.strictObject({
  features: z._default(z.enum(heardFeatures), "cepstra"),
  spectral: z.optional(frontEndSchema),
  encoder: z.optional(z.unknown() as z.ZodMiniType<SoundEncoderKnowledge>),
  width: z.int().check(z.minimum(1), z.maximum(4096)),
  frameRate: z.number().check(z.gt(0)),
  normalise: z.optional(
    z.strictObject({
      memory: z.number().check(z.gt(0)),
      before: z.strictObject({ mean: z.array(z.number()).check(z.maxLength(4096)), rows: count }),
    }),
  ),
  deltas: z.int().check(z.minimum(0), z.maximum(3)),
  stack: z.int().check(z.minimum(1), z.maximum(100)),
});

/** What is heard where nothing is said: slopes, three frames a step, a mean that forgets in three seconds. */
export const usualHearing = { deltas: 2, stack: 3 } as const;
/** Frames of an encoder are one step as far as they come within so many seconds: their neighbourhood is in them. */
export const ENCODED_STEP = 0.03;
/** Frames after which a frame counts 1/e in the mean, and as how many the mean of training counts in the beginning. */
export const MEMORY = { seconds: 3, before: 100 } as const;

/** From frames to steps, as they come. */
export const stepStage = ({ normalise, deltas, stack }: Hearing): MakeStage =>
  chained(stagesOf({ ...(normalise && { normalise }), deltas, stack }));

/**
 * The steps of some frames.
 *
 * @throws VrnnError `data/frames` for frames of another width
 * @example
 * stepsOf(hearing, frames).width; // 117: 13 cepstra, their slopes and the slopes of these, of three frames
 */
export function stepsOf(hearing: Hearing, frames: Frames, at?: string): Frames {
  if (frames.width === hearing.width) return throughStage(stepStage(hearing), frames);
  throw new VrnnError(
    "data/frames",
    `a frame has ${frames.width} numbers, and ${hearing.width} were learned from`,
    {
      ...(at !== undefined && { at }),
      remedy: "compute them in the same way, or give the sound itself",
    },
  );
}
