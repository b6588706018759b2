import type { IncidentStudy, Labelled } from "../anomaly/incidents.ts";
import { own } from "../collections.ts";
import type { Dataset, Sequence } from "../data/dataset.ts";
import type { SequenceScores } from "../inference/score.ts";
import type { Album } from "./album.ts";
import type { NamedNats, ReportContent } from "./content.ts";
import type { Section } from "./page.ts";

/** What a report is made from. A section that finds nothing for itself is left out. */
export interface ReportSource {
  readonly data: Dataset;
  /** The units of columns, by name, where they are known. */
  readonly units: Units;
  /** The metrics of training, one record for each time that they were told. */
  readonly metrics: readonly Metrics[];
  /** The sequences whose latent variables are shown. */
  readonly latents: readonly SequenceScores[];
  /** A real sequence and those that the model made up. */
  readonly samples?: { readonly real: Sequence; readonly sampled: readonly Sequence[] };
  /** What was flagged, and in which sequences. */
  readonly detection?: { readonly labelled: readonly Labelled[]; readonly study: IncidentStudy };
  /** Held-out figures of this model and its rivals, and of its columns. */
  readonly comparison?: readonly NamedNats[];
  readonly perColumn?: readonly NamedNats[];
}

/** Units of columns, by name. */
export type Units = Readonly<Record<string, string>>;

/** The unit of a column, where there is one. */
export function unitOf(units: Units, name: string): { readonly unit?: string } {
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
