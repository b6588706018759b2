/** What a run of speech keeps beside its fields, read as hostile input. */

import { VrnnError } from "../../errors.ts";
import { checked } from "../../options.ts";
import * as z from "../../zod.ts";
import type { Pronunciation } from "./dictionary.ts";
import { type Hearing, hearingSchema } from "./hearing.ts";

/** How speech is heard, how words are said, and what was said in training. */
export interface SpeechKnowledge {
  readonly hearing: Hearing;
  /** Empty where words are told by letters. */
  readonly dictionary: readonly Pronunciation[];
  /** Words with spaces between them, by which words are likelier or less. */
  readonly sentences: readonly string[];
  /** How long utterances are, of models that speak. */
  readonly durations?: readonly Durations[] | undefined;
}

/** How long utterances of some text and speaker are in training. */
export interface Durations {
  readonly text?: string | undefined;
  readonly speaker?: string | undefined;
  /** In steps, the shortest first: all of them, or so many of their quantiles. */
  readonly lengths: readonly number[];
}

const word = z.string().check(z.minLength(1), z.maxLength(1000));

const speechKnowledge: z.ZodMiniType<SpeechKnowledge> = z.strictObject({
  hearing: hearingSchema,
  dictionary: z
    .readonly(
      z.array(
        z.strictObject({ word, units: z.readonly(z.array(word).check(z.minLength(1), z.maxLength(1000))) }),
      ),
    )
    .check(z.maxLength(1_000_000)),
  sentences: z.array(z.string().check(z.maxLength(100_000))).check(z.maxLength(10_000_000)),
  durations: z.optional(
    z
      .array(
        z.strictObject({
          text: z.optional(z.string().check(z.maxLength(100_000))),
          speaker: z.optional(word),
          lengths: z.readonly(z.array(z.int().check(z.minimum(1))).check(z.minLength(1), z.maxLength(1000))),
        }),
      )
      .check(z.maxLength(1_000_000)),
  ),
});

/**
 * What is known of speech.
 *
 * @throws VrnnError `run/speech` for another material, or what cannot be read
 */
export function knownOfSpeech(
  modality: { readonly name: string; readonly known?: unknown },
  at?: string,
): SpeechKnowledge {
  const refuse = (what: string): VrnnError =>
    new VrnnError("run/speech", what, {
      ...(at !== undefined && { at }),
      remedy: "train a run of speech: vrnn train <folder> --model recognise",
    });
  if (modality.known === undefined) throw refuse(`this run is of ${modality.name}, not of speech`);
  return checked(speechKnowledge, modality.known, ({ message, path }) =>
    refuse(`what the run knows of speech cannot be read: ${path.join(".")}: ${message}`),
  );
}
