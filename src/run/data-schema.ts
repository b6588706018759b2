import { columnKinds, labelSpans } from "../data/dataset.ts";
import { formatNames } from "../data/format-names.ts";
import { LARGE_MEGABYTES } from "../data/large.ts";
import { DEFAULT_GRID, FINEST_GRID } from "../data/music/playing.ts";
import { COLUMNS } from "../data/option-materials.ts";
import { scaleSteps } from "../data/scale-steps.ts";
import { dateOrders, decimalMarks, headerAnswers, splitWays } from "../data/tables/answers.ts";
import { caseNames, textPieces, tokenNames } from "../data/text/names.ts";
import { option } from "../options.ts";
import * as z from "../zod.ts";

/** A name from outside, and a list of them, no longer than sense allows. */
export const name = z.string().check(z.maxLength(10_000));
export const names = z.array(name).check(z.maxLength(100_000));

const SHARES =
  "shares of training, validation and test lie between 0 and 1 and sum to 1, such as 0.7,0.15,0.15, or to 100";

const share = z.number(SHARES).check(z.minimum(0, SHARES));

type Shares = [number, number, number];

const sumsTo = (whole: number, shares: Shares): boolean =>
  Math.abs(shares.reduce((sum, each) => sum + each, 0) - whole) < 1e-6 * whole;

/** Shares, which may be told in per cent. */
const shares = z.tuple([share, share, share], SHARES).check(
  z.overwrite((told) => (sumsTo(100, told) ? (told.map((each) => each / 100) as Shares) : told)),
  z.refine((told) => sumsTo(1, told), SHARES),
);

/** What was said about the data; see `SchemaOptions`. */
export const dataSchema = z.strictObject({
  kinds: option(z.optional(z.record(z.string(), z.enum(columnKinds))), {
    flag: "--kind <column=kind>",
    help: `${columnKinds.join(", ")}; may be repeated`,
    materials: ["table", "strokes"],
  }),
  drop: option(z.optional(names), {
    flag: "--drop <columns>",
    help: "columns to leave out, by comma; a name with a comma in quotes: '\"load, 1 min\"'",
    materials: COLUMNS,
  }),
  only: option(z.optional(names), {
    flag: "--only <columns>",
    help: "the only columns to model, by comma",
    materials: COLUMNS,
  }),
  time: option(z.optional(name), {
    flag: "--time <column>",
    help: "the column that tells when each step was",
    materials: ["table"],
  }),
  dates: option(z.optional(z.enum(dateOrders)), {
    flag: "--dates <order>",
    help: `what stands first in dates, ${dateOrders.join(", ")} (default: as the dates say)`,
    materials: ["table"],
  }),
  sequence: option(z.optional(name), {
    flag: "--sequence <column>",
    help: "the column that tells which sequence a row belongs to",
    materials: ["table"],
  }),
  statics: option(z.optional(names), {
    flag: "--static <columns>",
    help: "columns that are not modelled but known of a whole sequence",
    materials: ["table", "strokes"],
    needs: "conditions",
  }),
  covariates: option(z.optional(names), {
    flag: "--covariates <columns>",
    help: "columns that are not modelled but known in advance",
    materials: ["table", "strokes"],
    needs: "conditions",
  }),
  label: option(z.optional(name), {
    flag: "--label <column>",
    help: "the column that is not modelled but told, by --objective cross-entropy",
    materials: ["table", "strokes", "text"],
    needs: "labels",
  }),
  labelPer: option(z.optional(z.enum(labelSpans)), {
    flag: "--label-per <what>",
    help: `tables: what has a label of its own: ${labelSpans.join(" or ")} (default: sequence)`,
    materials: ["table", "strokes", "text"],
    needs: "labels",
  }),
  split: option(z.optional(shares), {
    flag: "--split <shares>",
    help: "of training, validation and test, such as 0.7,0.15,0.15",
  }),
  splitBy: option(z.optional(z.enum(splitWays)), {
    flag: "--split-by <what>",
    help: `what is split: whole sequences, or each sequence by its time, ${splitWays.join(" or ")} (default: one or two by time)`,
    materials: COLUMNS,
  }),
  shuffle: option(z.optional(z.int().check(z.minimum(0), z.maximum(2 ** 32 - 1))), {
    flag: "--shuffle <seed>",
    help: "deal sequences out to the splits in a random order of this seed (labelled sequences: 1)",
    materials: [...COLUMNS, "text"],
  }),
  resolution: option(z.optional(z.record(z.string(), z.number().check(z.minimum(0)))), {
    flag: "--resolution <column=step>",
    help: "the grid of a recorded column; may be repeated",
    materials: ["table", "strokes"],
  }),
  grid: option(z.optional(z.int().check(z.minimum(1), z.maximum(FINEST_GRID))), {
    flag: "--grid <steps>",
    help: `MIDI: steps to a beat (default: ${DEFAULT_GRID}, sixteenth notes)`,
    materials: ["music"],
    formats: ["midi"],
  }),
  missing: option(z.optional(names), {
    flag: "--missing <words>",
    help: "further words that mean a missing entry, by comma",
    materials: ["table"],
  }),
  notMissing: option(z.optional(names), {
    flag: "--not-missing <words>",
    help: "words that are values although they usually mean a missing entry, by comma",
    materials: ["table"],
  }),
  decimal: option(z.optional(z.enum(decimalMarks)), {
    flag: "--decimal <mark>",
    help: `CSV: what sets off decimals, ${decimalMarks.join(" or ")} (default: as the numbers of the file say)`,
    materials: ["table"],
    formats: ["csv", "tsv"],
  }),
  header: option(z.optional(z.enum(headerAnswers)), {
    flag: "--header <answer>",
    help: `CSV: whether the first row holds names, ${headerAnswers.join(" or ")} (default: as the rows say)`,
    materials: ["table"],
    formats: ["csv", "tsv"],
  }),
  scaleSteps: option(z.optional(scaleSteps), {
    flag: "--scale-series <steps>",
    help: "scale each sequence by its own first so many steps (default: all alike, by the columns' statistics)",
    materials: ["table", "strokes"],
    needs: "units",
  }),
  stream: option(z.optional(z.boolean()), {
    flag: "--stream",
    help: `JSON Lines: read them from the file as they are needed (beyond ${LARGE_MEGABYTES} MB always)`,
    materials: ["table"],
    formats: ["jsonl"],
  }),
  format: option(z.optional(z.enum(formatNames)), {
    flag: "--format <name>",
    help: `what kind of file it is, for stdin (-) and names that do not tell: ${formatNames.join(", ")}`,
  }),
  tokens: option(z.optional(z.enum(tokenNames)), {
    flag: "--tokens <unit>",
    help: `text: ${tokenNames.join(", ")} (default for .txt: chars)`,
    materials: ["text"],
  }),
  per: option(z.optional(z.enum(textPieces)), {
    flag: "--per <piece>",
    help: `text: one sequence is a ${textPieces.join(", ")} (default: text)`,
    materials: ["text"],
  }),
  vocabulary: option(z.optional(z.int().check(z.minimum(1), z.maximum(10_000_000))), {
    flag: "--vocabulary <count>",
    help: "text: the most tokens; rarer ones count as unknown",
    materials: ["text"],
  }),
  case: option(z.optional(z.enum(caseNames)), {
    flag: "--case <what>",
    help: `words: whether case is ${caseNames.join(" or ")} (default: kept)`,
    materials: ["text"],
  }),
  text: option(z.optional(name), {
    flag: "--text <column>",
    help: "labelled texts: the column that they stand in (default: text)",
    materials: ["text"],
  }),
});

/** What was said about the data. */
export type DataSchema = z.output<typeof dataSchema>;
