import type { IncidentStudy, Labelled } from "../anomaly/incidents.ts";
import { own } from "../collections.ts";
import type { Dataset, Sequence, SplitName } from "../data/dataset.ts";
import type { FieldDataset } from "../data/field-dataset.ts";
import type { Vocabulary } from "../data/text/vocabulary.ts";
import type { SequenceScores } from "../inference/score.ts";
import type { Album } from "./album.ts";
import type {
  Baseline,
  CaptionsContent,
  NamedNats,
  ReportContent,
  SpeechContent,
  TranslationsContent,
} from "./content.ts";
import type { Section } from "./page.ts";

/** What a report is made from. A section that finds nothing for itself is left out. */
export interface ReportSource {
  readonly data: Dataset | FieldDataset;
  /** The units of columns, by name, where they are known. */
  readonly units: UnitNames;
  /** The metrics of training, one record for each time that they were told. */
  readonly metrics: readonly Metrics[];
  /** The sequences whose latent variables are shown. */
  readonly latents: readonly SequenceScores[];
  /** A real sequence and those that the model made up. */
  readonly samples?: { readonly real: Sequence; readonly sampled: readonly Sequence[] };
  /** What was flagged, and in which sequences. */
  readonly detection?: { readonly labelled: readonly Labelled[]; readonly study: IncidentStudy };
  /** What simpler models reach on the validation split. */
  readonly baselines?: readonly Baseline[];
  /** Held-out figures of this model and its rivals, and of its columns. */
  readonly comparison?: readonly NamedNats[];
  readonly perColumn?: readonly NamedNats[];
  /** Of a model of text: what it read of the validation split, and what it wrote. */
  readonly text?: TextStudy;
  /** Of a model of pairs: what it wrote in answer to texts. */
  readonly translations?: TranslationsContent;
  /** Of a model of speech: what it heard. */
  readonly speech?: SpeechContent;
  /** Of a model of captioned pictures: what it says of some. */
  readonly captions?: CaptionsContent;
}

/** What a model of text read and wrote. */
export interface TextStudy {
  readonly vocabulary: Vocabulary;
  /** The split whose beginning it read. */
  readonly split: SplitName;
  /** `[length]`: the tokens that it read, of one text after the other. */
  readonly ids: Int32Array;
  /** Of these tokens, `[length]` each. */
  readonly scores: Pick<SequenceScores, "total" | "kl" | "emissionMean">;
  /** Whether the model has latent variables. */
  readonly isLatent: boolean;
  readonly sampled: readonly string[];
}

/** The data, where they are a table. */
export const tableIn = ({ data }: ReportSource): Dataset | undefined =>
  "columns" in data ? data : undefined;

/** Units of columns, by name. */
export type UnitNames = Readonly<Record<string, string>>;

/** The unit of a column, where there is one. */
export function namedUnit(units: UnitNames, name: string): { readonly unit?: string } {
  const unit = own(units, name);
  return unit === undefined ? {} : { unit };
}

/** Figures by name, such as `train/elbo`. */
export type Metrics = Readonly<Record<string, string | number | boolean | null>>;

/** A section of a report: what it takes from the source, and how that is shown. */
export interface ReportSection {
  readonly id: string;
  /** Its part of the content: plain data, which survives JSON. */
  content(source: ReportSource): Partial<ReportContent>;
  /** The section, or nothing when the content has nothing for it. */
  render(content: ReportContent, album: Album): Omit<Section, "id"> | undefined;
}
