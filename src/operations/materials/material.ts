import type { Sequence } from "../../data/dataset.ts";
import type { SequenceSource } from "../../data/source.ts";
import type { LatentUse } from "../../inference/latent-use.ts";
import type { SequenceScores } from "../../inference/score.ts";
import type { NatsSummary } from "../../metrics/nats.ts";
import type { JudgedClip } from "../../tables/frame-alarm-table.ts";
import type { ReconstructedClip } from "../../tables/frame-error-table.ts";
import type { Context } from "../context.ts";
import type { DetectInput } from "../detect-input.ts";
import type { Content, Event } from "../event.ts";
import type { ReconstructGiven, ReconstructInput } from "../reconstruct-input.ts";
import type { SampleInput } from "../sample-input.ts";
import type { ScoreInput } from "../score-input.ts";
import type { WatchGiven, WatchInput } from "../watch-input.ts";

/**
 * What a kind of material brings to what is done in a way of its own with each. All other operations work on whatever
 * fields there are, or on columns.
 */
export interface Material {
  /** Scores the sequences that were chosen. @throws VrnnError `data/...`, `run/split` */
  readonly score?: (context: Context, input: ScoreInput) => Promise<Scores>;
  /** Makes sequences up, and writes them. */
  readonly sample?: (context: Context, input: SampleInput) => AsyncIterable<Event<Sequence[]>>;
  /** Finds odd steps, where they are not rows of a table. */
  readonly detect?: (context: Context, input: DetectInput) => AsyncGenerator<Event<DetectedFrames>>;
  /** Follows what comes in live, where that is no rows of a table. @param given what was said, nothing filled in */
  readonly watch?: (
    context: Context,
    input: WatchInput,
    given: WatchGiven,
  ) => AsyncGenerator<Event<WatchedFrames>>;
  /** What is made of data that were seen, where they are not rows of a table. @param given what was said, nothing filled in */
  readonly reconstruct?: (
    context: Context,
    input: ReconstructInput,
    given: ReconstructGiven,
  ) => AsyncGenerator<Event<ReconstructedFrames>>;
  /** Other operations that take it, by name, for those that are told what does; none unless told. */
  readonly others?: readonly string[];
  /** What is said of a bound beside nats per step; nothing unless told. */
  readonly bound?: (context: Context, source: SequenceSource, nats: NatsSummary) => Promise<BoundWords>;
}

/** Operations that a material brings, or lacks. */
export type MaterialOperation = "score" | "sample" | "detect";

/** The scores of all sequences, and the table of them. */
export interface Scores {
  readonly value: SequenceScores[];
  readonly table: () => Promise<Content>;
}

/** How a bound is told. */
export interface BoundWords {
  /** What a step is. */
  readonly unit: string;
  /** Of what has bytes and characters: how many steps there are to each. */
  readonly perByte?: number;
  readonly perCharacter?: number;
  /** Of sound: how many steps there are to each sample of 16 bits. */
  readonly perSample?: number;
  /** How latent variables are used, of a model that has some. */
  readonly use?: LatentUse;
  /** What rules reach on the same steps. */
  readonly baselines: readonly RuleNats[];
  /** Why none stands beside, where one would. */
  readonly lacking?: string;
}

/** A rule, and how likely it finds each step of each sequence, in nats. */
export interface RuleNats {
  readonly name: string;
  readonly nats: readonly Float64Array[];
}

/** What was found in clips. */
export interface DetectedFrames {
  readonly clips: readonly JudgedClip[];
  /** Frames with a higher score are odd. */
  readonly threshold: number;
}

/** What was seen of frames that came in. */
export interface WatchedFrames {
  readonly frames: number;
  readonly odd: number;
  /** Pictures that could not be read. */
  readonly broken: number;
}

/** How far off what was made of clips is. */
export interface ReconstructedFrames {
  readonly clips: readonly ReconstructedClip[];
}
