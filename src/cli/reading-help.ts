/** What the help says of the options of reading. It stands here, as a page has no help and would load it all the same. */
import { columnKinds, labelSpans } from "../data/dataset.ts";
import { calendarWords } from "../data/derived/names.ts";
import { formatNames } from "../data/format-names.ts";
import { colourNames } from "../data/images/colour-names.ts";
import { pixelScaleNames, pixelScales } from "../data/images/pixel-scales.ts";
import { LARGE_MEGABYTES } from "../data/large.ts";
import { DEFAULT_GRID } from "../data/music/playing.ts";
import { featureNames } from "../data/speech/feature-names.ts";
import {
  aggregateNames,
  dateOrders,
  decimalMarks,
  headerAnswers,
  seriesShapes,
  splitWays,
} from "../data/tables/answers.ts";
import { caseNames, textPieces, tokenNames } from "../data/text/names.ts";
import type { DataSchema } from "../run/data-schema.ts";

export const readingHelp: Readonly<Record<keyof DataSchema, string>> = {
  kinds: `${columnKinds.join(", ")}; may be repeated`,
  drop: "columns to leave out, by comma; a name with a comma in quotes: '\"load, 1 min\"'",
  only: "the only columns to model, by comma",
  time: "the column that tells when each step was",
  dates: `what stands first in dates, ${dateOrders.join(", ")} (default: as the dates say)`,
  sequence: "the column that tells which sequence a row belongs to",
  series: `tables of one variable: where each series stands, ${seriesShapes.join(" or ")}; each is then cut by time`,
  pivot: "long tables: the column of names and that of values, such as Parameter:Value",
  seriesEmbedding: "the name of each sequence is known to the model (one never trained on counts as missing)",
  statics: "columns that are not modelled but known of a whole sequence",
  covariates: "columns that are not modelled but known in advance",
  every: "make even steps of this length of uneven or finer rows: 30s, 15m, 1h, 1d, 1w, 1M, 1y",
  aggregate: `what becomes of several rows in such a step: ${aggregateNames.join(", ")}; may be repeated (default: mean of numbers, sum of counts, last of others)`,
  calendar: `covariates made of the times: ${calendarWords.join(", ")} (default: auto)`,
  holidays: "a file of free days, one ISO date a line: a covariate says of each step whether it is on one",
  timeZone: "whose clock the calendar is read by, such as Europe/Berlin (default: that of the dates)",
  label: "the column that is not modelled but told, by --objective cross-entropy",
  labelPer: `tables: what has a label of its own: ${labelSpans.join(" or ")} (default: sequence)`,
  split: "of training, validation and test, such as 0.7,0.15,0.15",
  splitBy: `what is split: whole sequences, or each sequence by its time, ${splitWays.join(" or ")} (default: one or two by time)`,
  shuffle: "deal sequences out to the splits in a random order of this seed (labelled sequences: 1)",
  resolution: "the grid of a recorded column; may be repeated",
  grid: `MIDI: steps to a beat (default: ${DEFAULT_GRID}, sixteenth notes)`,
  missing: "further words that mean a missing entry, by comma",
  notMissing: "words that are values although they usually mean a missing entry, by comma",
  decimal: `CSV: what sets off decimals, ${decimalMarks.join(" or ")} (default: as the numbers of the file say)`,
  header: `CSV: whether the first row holds names, ${headerAnswers.join(" or ")} (default: as the rows say)`,
  scaleSteps:
    "scale each sequence by its own first so many steps (default: all alike, by the columns' statistics)",
  stream: `CSV, TSV and JSON Lines: read them from the file as they are needed (beyond ${LARGE_MEGABYTES} MB always)`,
  format: `what kind of file it is, for stdin (-) and names that do not tell: ${formatNames.join(", ")}`,
  tokens: `text: ${tokenNames.join(", ")} (default for .txt: chars)`,
  per: `text: one sequence is a ${textPieces.join(", ")} (default: text)`,
  vocabulary: "text: the most tokens; rarer ones count as unknown",
  case: `words: whether case is ${caseNames.join(" or ")} (default: kept)`,
  source:
    "pairs of texts: what is read, a column or the end of a file's name, such as en of train.en (default: the first column)",
  target: "pairs of texts: what is written, likewise (default: the second column)",
  agent:
    "tracks: the column that tells whose they are (default with --model trajectory: auto, by what columns are called or their order)",
  features: `speech: what a step is of, ${featureNames.join(", ")} (default: cepstra); mel is what a model speaks by; speech, captioned pictures and labelled texts: an encoder of your own that reads them, such as encoder.onnx, which is not trained`,
  pixels: `captioned pictures: how shades are told to that encoder, ${pixelScaleNames.map((name) => `${name} (${pixelScales[name].words})`).join(", ")} (default: unit)`,
  subwords:
    "speech: what was said is told by so many symbols: letters, and parts of words that are frequent (byte pair encoding; default: by letters)",
  size: "pictures: width and height in pixels that they are brought to, such as 120x80 (default: as they are)",
  crop: "pictures: the part that is read, its size and where it begins, such as 200x100+20+10 (in the middle: 200x100), or centre: the largest with the proportions of --size",
  colours: `pictures: ${colourNames.join(" or ")} (default: as they are)`,
  fps: "videos and animated GIFs: so many frames a second (default: each once)",
  text: "labelled texts: the column that they stand in (default: text)",
};
