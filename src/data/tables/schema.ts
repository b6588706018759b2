import type { Column, ColumnKind, ConditionColumn } from "../dataset.ts";
import type { CalendarWord } from "../derived/names.ts";
import type { FormatName } from "../format-names.ts";
import type { SplitShares } from "../split.ts";
import type { DateOrder, DecimalMark, HeaderAnswer, SplitWay } from "./answers.ts";
import type { LabelOptions } from "./label.ts";

/** What may be said about the data instead of letting it be inferred. */
export interface SchemaOptions extends LabelOptions {
  /** The kind of columns, by name. */
  readonly kinds?: Readonly<Record<string, ColumnKind>> | undefined;
  /** Columns to leave out. */
  readonly drop?: readonly string[] | undefined;
  /** The only columns to model. */
  readonly only?: readonly string[] | undefined;
  /** The column that tells when each step was. */
  readonly time?: string | undefined;
  /** In which order day, month and year stand in dates; seen from the dates unless told. */
  readonly dates?: DateOrder | undefined;
  /** The column that tells which sequence a row belongs to. */
  readonly sequence?: string | undefined;
  /** Columns that are not modelled but known of a whole sequence, the same at each of its steps. */
  readonly statics?: readonly string[] | undefined;
  /** Columns that are not modelled but known of each step, and in advance. */
  readonly covariates?: readonly string[] | undefined;
  /** The shares of training, validation and test; 0.7, 0.15 and 0.15 unless told. */
  readonly split?: SplitShares | undefined;
  /**
   * Whether whole sequences are dealt out to the splits or each is cut by time, as it should be to forecast these same
   * sequences; seen from their number unless told.
   */
  readonly splitBy?: SplitWay | undefined;
  /** Deals whole sequences out to the splits in a random order of this seed; unless told 1 where there are labels, else in their order. */
  readonly shuffle?: number | undefined;
  /** The grid that real columns were recorded on, by name. */
  readonly resolution?: Readonly<Record<string, number>> | undefined;
  /** MIDI: the steps to a beat; 4 (sixteenth notes, where a beat is a quarter) unless told. */
  readonly grid?: number | undefined;
  /** Further words and numbers that mean "missing". */
  readonly missing?: readonly string[] | undefined;
  /** Words that do not, although they usually do: NA, None, - ... */
  readonly notMissing?: readonly string[] | undefined;
  /** What kind of file is read, whatever its name; by the end of the name unless told. */
  readonly format?: FormatName | undefined;
  /** CSV: what sets off decimals; seen from the numbers of a file unless told. */
  readonly decimal?: DecimalMark | undefined;
  /** CSV: whether the first row holds names; seen from the rows unless told. */
  readonly header?: HeaderAnswer | undefined;
  /** Keeps what stands in the columns that are not modelled too, as it was written: `Sequence.cells`. */
  readonly keepsCells?: boolean | undefined;
  /** Parts of the calendar that are covariates, made from the dates of the time column. */
  readonly calendar?: readonly CalendarWord[] | undefined;
  /**
   * Scales each sequence by the mean and deviation of its own so many first steps (`data/series-units.ts`), in place of the
   * columns' statistics.
   */
  readonly scaleSteps?: number | undefined;
  /**
   * The columns of a data set read before (those of a trained model): nothing is inferred, columns beyond these are
   * left out, and `kinds`, `drop`, `only` and `resolution` have no say.
   */
  readonly columns?: readonly Column[] | undefined;
  /** What that model takes beside its columns. */
  readonly conditions?: readonly ConditionColumn[] | undefined;
}
