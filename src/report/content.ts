import type { ModalityName } from "../data/modality.ts";

/** Everything that a report shows, as plain data (it survives JSON). A part that is absent or empty has no section. */
export interface ReportContent {
  readonly title: string;
  readonly subtitle: string;
  /** What `times` count, everywhere in the report; seconds unless told. */
  readonly clock?: Clock;
  readonly facts: readonly Fact[];
  readonly notes: readonly string[];
  readonly columns: readonly ColumnSummary[];
  /** One or more per split. */
  readonly excerpts: readonly SplitExcerpt[];
  /** One entry per epoch, in order. */
  readonly history: readonly Epoch[];
  /** What simpler models reach on the validation split: horizontal lines in the picture of the history. */
  readonly baselines?: readonly Baseline[];
  /** Held-out figures of this model and its rivals. */
  readonly comparison?: readonly NamedNats[];
  readonly perColumn?: readonly NamedNats[];
  readonly latents?: readonly LatentTrajectory[];
  readonly samples?: { readonly real: Excerpt; readonly sampled: readonly Excerpt[] };
  readonly detection?: DetectionContent;
  readonly reading?: ReadingContent;
  readonly texts?: TextsContent;
  readonly translations?: TranslationsContent;
  readonly speech?: SpeechContent;
  readonly captions?: CaptionsContent;
}

/** What a model says of pictures that it has not learned from, and where it looked. */
export interface CaptionsContent {
  readonly split: string;
  /** How many pictures that has; some of them are shown. */
  readonly of: number;
  readonly pictures: readonly CaptionedContent[];
}

/** A picture, what is said of it, and where the model looked for each word. */
export interface CaptionedContent {
  readonly name: string;
  /** A PNG in base64. */
  readonly png: string;
  /** Its sides, in pixels. */
  readonly width: number;
  readonly height: number;
  /**
   * By the model, word by word; `mask` is a PNG in base64 to be laid over the picture, which leaves bright what was looked at, absent
   * where that has no place.
   */
  readonly words: readonly { readonly word: string; readonly mask?: string }[];
  /** Of that caption, in nats. */
  readonly logProbability: number;
  /** By people. */
  readonly references: readonly string[];
  /** What the model takes it for; absent of one that tells no class. */
  readonly told?: { readonly name: string; readonly probability: number };
  /** What it is, where that is known. */
  readonly class?: string;
}

/** Something that was said or heard, in seconds. */
export interface TimedText {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Rows over time: logarithms of bands, or features as they came. */
export interface SpectrumContent {
  /** Numbers in a row. */
  readonly width: number;
  /** `[T, width]`, row by row. */
  readonly values: readonly number[];
  /** Rows a second. */
  readonly frameRate: number;
  /** By number of a row: its frequency in Hz, upwards. Without, they are counted. */
  readonly centresHz?: readonly number[];
  /** Whether bands were made of their cepstra, which leaves them smooth. */
  readonly isSmooth: boolean;
}

/** An utterance, and what was heard of it. */
export interface UtteranceContent {
  readonly name: string;
  readonly speaker?: string;
  readonly spectrum: SpectrumContent;
  /** What was said beside what was heard, word by word; one of the two may be missing. Absent: nobody knows what was said. */
  readonly pairs?: readonly { readonly said?: string | undefined; readonly heard?: string | undefined }[];
  /** The sounds, or letters, of what was said, and its words, where they fit best. Absent where they cannot be laid out. */
  readonly symbols?: readonly TimedText[];
  readonly said?: readonly TimedText[];
  readonly heard: readonly TimedText[];
  /** A WAV file in base64. */
  readonly wav?: string;
}

/** Words that were wrong: counts, and percent of those that were said. */
export interface WordErrorContent {
  readonly rate: number;
  /** Of 95 %; null where too little tells it. */
  readonly interval: readonly [low: number, high: number] | null;
  readonly words: number;
  readonly substitutions: number;
  readonly deletions: number;
  readonly insertions: number;
  readonly utterances: number;
  /** Utterances with an error. */
  readonly wrong: number;
}

/** What a model hears in speech that it has not learned from. */
export interface SpeechContent {
  /** Such as "the valid split". */
  readonly source: string;
  /** What words are told by: "phones" or "letters". */
  readonly symbols: string;
  /** How many utterances were heard, of how many. */
  readonly heard: number;
  readonly of: number;
  /** Absent where nobody knows what was said. */
  readonly errors?: WordErrorContent;
  /** The worst first; of speakers whom nobody names none. */
  readonly speakers: readonly (WordErrorContent & { readonly speaker: string })[];
  /** Those with errors, the most first. */
  readonly words: readonly {
    readonly word: string;
    readonly said: number;
    readonly missed: number;
    readonly wrongly: number;
  }[];
  /** The commonest first. */
  readonly confusions: readonly {
    readonly said?: string | undefined;
    readonly heard?: string | undefined;
    readonly count: number;
  }[];
  /** Some of them, those with the most errors first. */
  readonly utterances: readonly UtteranceContent[];
}

/** A text, what was written in answer to it, and where the model looked. */
export interface AttentionContent {
  /** `[S]` and `[T]`: tokens as they are shown. */
  readonly source: readonly string[];
  readonly written: readonly string[];
  /** `[T][S]` */
  readonly shares: readonly (readonly number[])[];
}

/** Texts that a model answered, and how well. */
export interface TranslationsContent {
  readonly split: string;
  /** In percent, of so many texts. */
  readonly bleu: number;
  readonly chrf: number;
  readonly of: number;
  /** Some of them. */
  readonly texts: readonly {
    readonly source: string;
    readonly written: string;
    readonly reference: string;
    readonly attention?: AttentionContent;
  }[];
}

/** Text that the model read, and what each token cost it. */
export interface ReadingContent {
  /** What a token is: "character", "byte" or "word". */
  readonly unit: string;
  /** Of which split the text is the beginning. */
  readonly split: string;
  readonly tokens: readonly ReadToken[];
  /** From how many nats on each shade begins. */
  readonly shades: readonly number[];
  /** The tokens that cost most, the dearest first. */
  readonly surprises: readonly Surprise[];
  /** The share of the divergence in all nats; null for a model without latent variables. */
  readonly klShare: number | null;
}

/** A token of a text. */
export interface ReadToken {
  readonly text: string;
  /** Its surprise: what its bound lacks to certainty. */
  readonly nats: number;
}

/** A token that was not expected. */
export interface Surprise extends ReadToken {
  /** What stands before it. */
  readonly before: string;
  /** The token that was likeliest there. */
  readonly expected: string;
}

/** Texts that the model wrote, beside one that is real. */
export interface TextsContent {
  readonly real: string;
  readonly sampled: readonly string[];
}

/** Seconds, steps that are only counted, or seconds since 1970 (UTC). */
export type Clock = "seconds" | "steps" | "date";

/** A number is written with separators of thousands. */
export interface Fact {
  readonly label: string;
  readonly value: string | number;
}

/** A row of the table of columns, each cell ready to be read. */
export interface ColumnSummary {
  readonly name: string;
  readonly kind: string;
  readonly range: string;
  readonly missing: string;
  readonly resolution: string;
}

/**
 * A stretch of a sequence. Strokes are shown as a drawing, music as a raster of keys; of tables many columns of nothing but
 * 0, 1 and missing entries as a raster, all else as lines.
 */
export interface Excerpt {
  readonly name: string;
  /** What it is of; a table unless told. */
  readonly material?: ModalityName;
  /** `[steps]`, ascending. */
  readonly times: readonly number[];
  readonly columns: readonly ExcerptColumn[];
}

export interface ExcerptColumn {
  readonly name: string;
  readonly unit?: string;
  /** `[steps]`; null is a missing entry. */
  readonly values: Series;
  /** What the values of a categorical column are the indices of. */
  readonly levels?: readonly string[];
}

/** What was of a sequence and what is to come, on one time axis. */
export interface ForecastContent {
  readonly name: string;
  /** `[steps]`, ascending: of what was and of what comes. */
  readonly times: readonly number[];
  /** The last moment that was seen. */
  readonly start: number;
  readonly columns: readonly ForecastColumn[];
}

export interface ForecastColumn {
  readonly name: string;
  /** `[steps]`: what was, then the median of what comes. */
  readonly values: Series;
  /** The widest first; null where the past is. */
  readonly intervals: readonly Interval[];
}

/** How forecasters did, and the last forecast of the first sequence. */
export interface BacktestContent {
  /** As tables head it; less is better. */
  readonly measure: string;
  readonly forecasters: readonly {
    readonly name: string;
    readonly kind: "model" | "rule";
    readonly level: number;
  }[];
  readonly sequence: string;
  readonly column: string;
  /** The number of the first step that is shown. */
  readonly first: number;
  /** From that step to the last of the horizon. */
  readonly seen: Series;
  /** How many steps were seen when the forecast was made. */
  readonly origin: number;
  /** Of the model, for each step ahead. */
  readonly median: readonly number[];
  readonly interval: { readonly low: readonly number[]; readonly high: readonly number[] };
  /** The best simple rule, and its median. */
  readonly rule: string;
  readonly rival: readonly number[];
}

/** `[steps]` each. */
export interface Interval {
  readonly low: Series;
  readonly high: Series;
}

/** Numbers on a time axis; null is a missing one. */
export type Series = readonly (number | null)[];

export interface SplitExcerpt extends Excerpt {
  readonly split: string;
}

/** Nats per step: lower bounds of the log-likelihood, so more is better. A null could not be measured. */
export interface Epoch {
  readonly epoch: number;
  readonly train: number | null;
  readonly valid: number | null;
  /** The two parts of the training bound: reconstruction − kl. */
  readonly kl?: number | null;
  readonly reconstruction?: number | null;
}

export interface Baseline {
  readonly label: string;
  readonly natsPerStep: number;
}

export interface NamedNats {
  readonly name: string;
  readonly natsPerStep: number;
}

/** What a model reaches, and how surely. */
export interface ModelNats extends NamedNats {
  /** 95 %; null where too little tells it. */
  readonly interval: readonly [low: number, high: number] | null;
  /** Whether its likelihood may be higher. */
  readonly isBound: boolean;
}

/** The posterior means of the latent variables along a sequence. */
export interface LatentTrajectory {
  readonly name: string;
  readonly times: readonly number[];
  /** `[dimensions][steps]`. */
  readonly dimensions: readonly (readonly number[])[];
  /** `[dimensions]`, mean nats per step; without it a dimension's variance says how active it is. */
  readonly kl?: readonly number[];
}

/** A labelled stretch in which something was wrong. */
export interface IncidentSpan {
  readonly kind: string;
  readonly start: number;
  readonly end: number;
}

/** A stretch that was flagged, and the columns that stood out in it. */
export interface FlaggedEvent {
  readonly start: number;
  readonly end: number;
  readonly reasons: readonly string[];
}

/** A column that stood out, with the interval that the model expected where it is known. */
export interface WatchedColumn {
  readonly name: string;
  readonly unit?: string;
  readonly values: Series;
  readonly expectedLow?: Series;
  readonly expectedHigh?: Series;
}

export interface ScoredSequence {
  readonly name: string;
  readonly times: readonly number[];
  readonly score: Series;
  readonly threshold: number;
  readonly incidents: readonly IncidentSpan[];
  readonly events: readonly FlaggedEvent[];
  readonly topColumns: readonly WatchedColumn[];
}

export interface KindRecall {
  readonly kind: string;
  readonly total: number;
  readonly found: number;
  readonly medianDelaySeconds: number | null;
}

export interface DetectionContent {
  readonly sequences: readonly ScoredSequence[];
  readonly perKind: readonly KindRecall[];
  readonly precision: number | null;
  readonly recall: number | null;
  readonly falseAlarmsPerHour: number | null;
  /** The most false alarms that the threshold is to give. */
  readonly wanted?: { readonly perHour: number; readonly perThousandSteps: number };
  /** For so long after its end an incident still counts as under way, on the report's clock; 5 unless told. */
  readonly tolerance?: number;
}
