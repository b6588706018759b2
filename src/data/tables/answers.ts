/** What may be answered to questions about data, apart from what reads them: a trained model's options name them too. */

/** In which order year, month and day stand where they are numbers with a mark between them. */
export type DateOrder = "day-first" | "month-first" | "year-first";
/** Every order. */
export const dateOrders = ["day-first", "month-first", "year-first"] as const satisfies readonly DateOrder[];

/** What sets off the decimals of a number; the other of the two may set off thousands. */
export type DecimalMark = "point" | "comma";
/** Every mark. */
export const decimalMarks = ["point", "comma"] as const satisfies readonly DecimalMark[];

/** Whether the first row holds names. */
export type HeaderAnswer = "yes" | "no";
/** Every answer. */
export const headerAnswers = ["yes", "no"] as const satisfies readonly HeaderAnswer[];

/** How sequences are split: whole ones are dealt out, or each is cut by time. */
export type SplitWay = "sequence" | "time";
/** Every way. */
export const splitWays = ["sequence", "time"] as const satisfies readonly SplitWay[];

/** What becomes of several rows that fall into one step of an even grid. */
export type AggregateName = "mean" | "sum" | "min" | "max" | "first" | "last";
/** Every way. */
export const aggregateNames = [
  "mean",
  "sum",
  "min",
  "max",
  "first",
  "last",
] as const satisfies readonly AggregateName[];

/** How a length of time is written: a number and its unit, of which months and years are those of the calendar. */
export const STEP_SIZE = /^([1-9]\d{0,5})(s|m|h|d|w|M|y)$/;
/** Where the series of a table stand that has one variable: each in a row, or in a column of its own. */
export type SeriesShape = "rows" | "columns";
/** Every shape. */
export const seriesShapes = ["rows", "columns"] as const satisfies readonly SeriesShape[];
