import { columnKinds, labelSpans } from "../data/dataset.ts";
import { isIsoDay } from "../data/derived/iso-day.ts";
import { calendarWords } from "../data/derived/names.ts";
import { formatNames } from "../data/format-names.ts";
import { colourNames } from "../data/images/colour-names.ts";
import { FINEST_GRID } from "../data/music/playing.ts";
import { COLUMNS, TABLES } from "../data/option-materials.ts";
import { scaleSteps } from "../data/scale-steps.ts";
import type { SplitShares } from "../data/split.ts";
import {
  aggregateNames,
  dateOrders,
  decimalMarks,
  headerAnswers,
  STEP_SIZE,
  seriesShapes,
  splitWays,
} from "../data/tables/answers.ts";
import { caseNames, textPieces, tokenNames } from "../data/text/names.ts";
import { option } from "../options.ts";
import * as z from "../zod.ts";

/** A name from outside, and a list of them, no longer than sense allows. */
export const name = z.string().check(z.maxLength(10_000));
export const names = z.array(name).check(z.maxLength(100_000));

const SHARES = "shares of training, validation and test sum to 1 or 100, such as 0.7,0.15,0.15";

const sumTo = (whole: number, shares: readonly number[]): boolean =>
  Math.abs(shares.reduce((sum, each) => sum + each, 0) - whole) < 1e-6 * whole;

const areShares = (told: readonly number[]): boolean =>
  told.length === 3 && told.every((share) => share >= 0) && sumTo(1, told);

/** Shares, which may be told in per cent. They are checked as a list, as a page would load all that zod has for tuples. */
const shares = z.array(z.number(SHARES), SHARES).check(
  z.overwrite((told) => (sumTo(100, told) ? told.map((each) => each / 100) : told)),
  z.refine(areShares, SHARES),
) as z.ZodMiniType<unknown> as z.ZodMiniType<SplitShares>;

const EVERY = "a length is 30s, 15m, 1h, 1d, 1w, 1M (months), 1y";

const NONE_ALONE = "none stands alone";
const isNoneAlone = (words: readonly string[]): boolean => words.length === 1 || !words.includes("none");

/** What is read as tokens. */
const TEXTS = ["text", "pairs"] as const;
/** What is read as pictures. */
const PICTURES = ["images", "captions"] as const;

/** What was said about the data; see `SchemaOptions`. What each does is told by `cli/reading-help.ts`: pages have no help. */
export const dataSchema = z.strictObject({
  kinds: option(z.optional(z.record(z.string(), z.enum(columnKinds))), {
    flag: "--kind <column=kind>",
    materials: ["table", "strokes"],
  }),
  drop: option(z.optional(names), {
    flag: "--drop <columns>",
    materials: TABLES,
  }),
  only: option(z.optional(names), {
    flag: "--only <columns>",
    materials: TABLES,
  }),
  time: option(z.optional(name), {
    flag: "--time <column>",
    materials: ["table"],
  }),
  dates: option(z.optional(z.enum(dateOrders)), {
    flag: "--dates <order>",
    materials: ["table"],
  }),
  sequence: option(z.optional(name), {
    flag: "--sequence <column>",
    materials: ["table"],
  }),
  series: option(z.optional(z.enum(seriesShapes)), {
    flag: "--series <shape>",
    materials: ["table"],
  }),
  pivot: option(z.optional(name), {
    flag: "--pivot <parameter:value>",
    materials: ["table"],
  }),
  seriesEmbedding: option(z.optional(z.boolean()), {
    flag: "--series-embedding",
    materials: ["table"],
    needs: "conditions",
  }),
  statics: option(z.optional(names), {
    flag: "--static <columns>",
    materials: ["table", "strokes"],
    needs: "conditions",
  }),
  covariates: option(z.optional(names), {
    flag: "--covariates <columns>",
    materials: ["table", "strokes"],
    needs: "conditions",
  }),
  every: option(z.optional(z.textOfForm(STEP_SIZE, EVERY)), {
    flag: "--every <length>",
    materials: ["table"],
  }),
  aggregate: option(z.optional(z.record(z.string(), z.enum(aggregateNames))), {
    flag: "--aggregate <column=way>",
    materials: ["table"],
  }),
  calendar: option(z.optional(z.array(z.enum(calendarWords)).check(z.refine(isNoneAlone, NONE_ALONE))), {
    flag: "--calendar <parts>",
    materials: ["table"],
  }),
  holidays: option(z.optional(z.array(z.string().check(z.refine(isIsoDay, "days are written 2024-12-25")))), {
    flag: "--holidays <file>",
    file: "days",
    reads: true,
    materials: ["table"],
  }),
  timeZone: option(z.optional(name), {
    flag: "--time-zone <zone>",
    materials: ["table"],
  }),
  label: option(z.optional(name), {
    flag: "--label <column>",
    materials: ["table", "strokes", "text"],
    needs: "labels",
  }),
  labelPer: option(z.optional(z.enum(labelSpans)), {
    flag: "--label-per <what>",
    materials: ["table", "strokes", "text"],
    needs: "labels",
  }),
  split: option(z.optional(shares), {
    flag: "--split <shares>",
  }),
  splitBy: option(z.optional(z.enum(splitWays)), {
    flag: "--split-by <what>",
    materials: TABLES,
  }),
  shuffle: option(z.optional(z.int().check(z.minimum(0), z.maximum(2 ** 32 - 1))), {
    flag: "--shuffle <seed>",
    materials: [...COLUMNS, ...TEXTS],
  }),
  resolution: option(z.optional(z.record(z.string(), z.number().check(z.minimum(0)))), {
    flag: "--resolution <column=step>",
    materials: ["table", "strokes"],
  }),
  grid: option(z.optional(z.int().check(z.minimum(1), z.maximum(FINEST_GRID))), {
    flag: "--grid <steps>",
    materials: ["music"],
    formats: ["midi"],
  }),
  missing: option(z.optional(names), {
    flag: "--missing <words>",
    materials: ["table"],
  }),
  notMissing: option(z.optional(names), {
    flag: "--not-missing <words>",
    materials: ["table"],
  }),
  decimal: option(z.optional(z.enum(decimalMarks)), {
    flag: "--decimal <mark>",
    materials: ["table"],
    formats: ["csv", "tsv"],
  }),
  header: option(z.optional(z.enum(headerAnswers)), {
    flag: "--header <answer>",
    materials: ["table"],
    formats: ["csv", "tsv"],
  }),
  scaleSteps: option(z.optional(scaleSteps), {
    flag: "--scale-series <steps>",
    materials: ["table", "strokes"],
    needs: "units",
  }),
  stream: option(z.optional(z.boolean()), {
    flag: "--stream",
    materials: ["table"],
    formats: ["csv", "tsv", "jsonl"],
  }),
  format: option(z.optional(z.enum(formatNames)), {
    flag: "--format <name>",
  }),
  tokens: option(z.optional(z.enum(tokenNames)), {
    flag: "--tokens <unit>",
    materials: TEXTS,
  }),
  per: option(z.optional(z.enum(textPieces)), {
    flag: "--per <piece>",
    materials: ["text"],
  }),
  vocabulary: option(z.optional(z.int().check(z.minimum(1), z.maximum(10_000_000))), {
    flag: "--vocabulary <count>",
    materials: TEXTS,
  }),
  case: option(z.optional(z.enum(caseNames)), {
    flag: "--case <what>",
    materials: TEXTS,
  }),
  text: option(z.optional(name), {
    flag: "--text <column>",
    materials: ["text"],
  }),
  source: option(z.optional(name), {
    flag: "--source <side>",
    materials: ["pairs"],
  }),
  target: option(z.optional(name), {
    flag: "--target <side>",
    materials: ["pairs"],
  }),
  agent: option(z.optional(name), {
    flag: "--agent <column>",
    materials: ["motion"],
  }),
  features: option(z.optional(name), {
    flag: "--features <what>",
    materials: ["speech", "captions", "text"],
  }),
  pixels: option(z.optional(name), {
    flag: "--pixels <scale>",
    materials: ["captions"],
  }),
  subwords: option(z.optional(z.int().check(z.minimum(1), z.maximum(10_000_000))), {
    flag: "--subwords <count>",
    materials: ["speech"],
  }),
  size: option(z.optional(name), {
    flag: "--size <WxH>",
    materials: PICTURES,
  }),
  crop: option(z.optional(name), {
    flag: "--crop <part>",
    materials: PICTURES,
  }),
  colours: option(z.optional(z.enum(colourNames)), {
    flag: "--colours <what>",
    materials: PICTURES,
  }),
  fps: option(z.optional(z.number().check(z.gt(0))), {
    flag: "--fps <frames>",
    materials: ["images"],
  }),
});

/** What was said about the data. */
export type DataSchema = z.output<typeof dataSchema>;
