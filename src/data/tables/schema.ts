import type { Column, ColumnKind, ConditionColumn } from "../dataset.ts";
import type { CalendarWord } from "../derived/names.ts";
import type { FormatName } from "../format-names.ts";
import type { SplitShares } from "../split.ts";
import type {
  AggregateName,
  DateOrder,
  DecimalMark,
  HeaderAnswer,
  SeriesShape,
  SplitWay,
} from "./answers.ts";
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
  /** Where series of one variable stand that are sequences of their own: rows are steps unless told. */
  readonly series?: SeriesShape | undefined;
  /** Long tables: the column that says what each value is of, and that of the values, as "parameter:value". */
  readonly pivot?: string | undefined;
  /** Whether the name of each sequence is known of it, as a static column: one that was never trained on counts as missing. */
  readonly seriesEmbedding?: boolean | undefined;
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
  /**
   * Makes even steps of this length of uneven or finer rows: 30s, 15m, 1h, 1d, 1w, and months and years of the calendar, 1M, 1y.
   * Steps without a row are missing.
   */
  readonly every?: string | undefined;
  /** What becomes of several rows in such a step, by column: the mean of numbers, the sum of counts, the last of anything else unless told. */
  readonly aggregate?: Readonly<Record<string, AggregateName>> | undefined;
  /** What is made of the times as covariates (`data/derived/`): parts of the calendar, what may help (`auto`), or nothing unless told. */
  readonly calendar?: readonly CalendarWord[] | undefined;
  /** Days that are free, as ISO dates: a covariate says of each step whether it is on one of them. */
  readonly holidays?: readonly string[] | undefined;
  /** Whose clock the calendar is read by: `Europe/Berlin`, `+02:00`; that of the dates, which is UTC where they say nothing, unless told. */
  readonly timeZone?: string | undefined;
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
