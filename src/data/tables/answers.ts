/** What may be answered to questions about data, apart from what reads them: a trained model's options name them too. */

/** In which order year, month and day stand where they are numbers with a mark between them. */
export const dateOrders = ["day-first", "month-first", "year-first"] as const;
export type DateOrder = (typeof dateOrders)[number];

/** What sets off the decimals of a number; the other of the two may set off thousands. */
export const decimalMarks = ["point", "comma"] as const;
export type DecimalMark = (typeof decimalMarks)[number];

/** Whether the first row holds names. */
export const headerAnswers = ["yes", "no"] as const;
export type HeaderAnswer = (typeof headerAnswers)[number];

/** How sequences are split: whole ones are dealt out, or each is cut by time. */
export const splitWays = ["sequence", "time"] as const;
export type SplitWay = (typeof splitWays)[number];
