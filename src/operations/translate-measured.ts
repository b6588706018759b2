/** How good translations are: beside what people wrote, the nearest training pairs and other translations. */
import { TranslationMemory } from "../baselines/translation-memory.ts";
import type { SplitName } from "../data/dataset.ts";
import type { MemorySequence, SequenceSource } from "../data/source.ts";
import { Tokenizer, type Vocabulary } from "../data/text/vocabulary.ts";
import { sequencesIn } from "../data/whole-sequences.ts";
import { VrnnError } from "../errors.ts";
import {
  type BleuDifference,
  pairedBleu,
  type TranslationScores,
  translationScores,
} from "../metrics/translation-scores.ts";
import { verdictOf } from "../metrics/verdict.ts";
import { requireVocabulary } from "../run/run-fields.ts";
import { counted } from "../words/figures.ts";
import { type Context, filesOf } from "./context.ts";
import type { TranslatedLine } from "./translate-desk.ts";

/** Lines that translations are held against. */
export interface Held {
  readonly references: readonly string[];
  readonly against?: readonly string[];
}

/** Where answers by people, and other translations, stand. */
export interface HeldFiles {
  readonly references?: string | undefined;
  readonly against?: string | undefined;
}

export async function heldOf(
  context: Context,
  { references: path, against }: HeldFiles,
  own: readonly string[] | undefined,
): Promise<Held | undefined> {
  const files = filesOf(context);
  const references = own ?? (path === undefined ? undefined : await files.textLines(path));
  if (references === undefined) return undefined;
  const others = against === undefined ? undefined : await files.textLines(against);
  // Before anything is translated.
  if (others !== undefined) requireAsMany(others, references, against);
  return { references, ...(others && { against: others }) };
}

const textsOf = (lines: readonly TranslatedLine[]): string[] => lines.map(({ text }) => text);

/** @throws VrnnError `data/unpaired` unless there is one of some lines, which stand at a path, for each of others */
function requireAsMany(own: readonly string[], lines: readonly unknown[], at = "the split"): void {
  if (own.length === lines.length) return;
  throw new VrnnError(
    "data/unpaired",
    `${counted(own.length, "line")} here for ${counted(lines.length, "line")} that they are held against`,
    { at, remedy: "give a file of which each line answers the same line of what is translated" },
  );
}

/** What the rule is called. */
const MEMORY = "translation memory";

/** A text and its answer, as the vocabulary of the run writes them. */
interface WrittenPair {
  readonly source: string;
  readonly target: string;
}

/** The pairs of a split of the run's own data. @throws VrnnError `run/data`, `run/split` */
export async function textsOfSplit(context: Context, split: SplitName): Promise<WrittenPair[]> {
  const own = (await filesOf(context).ownSplits())?.[split];
  if (own === undefined)
    throw new VrnnError("run/data", "the data that the run was trained on are no longer to be read", {
      remedy: "give texts on stdin, and their answers with --references",
    });
  const pairs = await pairsIn(context, own);
  if (pairs.length > 0) return pairs;
  throw new VrnnError("run/split", `the ${split} split is empty`, { remedy: "choose another one" });
}

/** What there is to say of references that are not as somebody wrote them; nothing where they are. */
export function rewritten({ unit, lowercase = false }: Vocabulary, pairs: readonly WrittenPair[]): string[] {
  const strange = pairs.filter(({ target }) => target.includes("\ufffd")).length;
  const ways = [
    ...(unit === "words" ? ["words with blanks between them"] : []),
    ...(lowercase ? ["in small letters"] : []),
    ...(strange > 0 ? [`${counted(strange, "line")} with tokens that training had not, as \ufffd`] : []),
  ];
  if (ways.length === 0) return [];
  return [
    `answers are as the run reads them (${ways.join(", ")}): figures are not those of the texts themselves, for which give --references`,
  ];
}

async function pairsIn(context: Context, source: SequenceSource): Promise<WrittenPair[]> {
  const tokenizer = new Tokenizer(requireVocabulary((await context.run()).config));
  const textIn = ({ values }: MemorySequence, field: "x" | "source") =>
    tokenizer.decode(values[field] as Int32Array);
  return (await sequencesIn(source)).map((own) => ({
    source: textIn(own, "source"),
    target: textIn(own, "x"),
  }));
}

/** What the training pairs of the run would have answered; undefined where they are not at hand. */
async function remembered(context: Context, lines: readonly TranslatedLine[]): Promise<string[] | undefined> {
  const train = (await filesOf(context).ownSplits())?.train;
  if (train === undefined) return undefined;
  const memory = new TranslationMemory(await pairsIn(context, train));
  return lines.map(({ source }) => memory.answer(source));
}

/** What a translation memory scores, and how much better than it translations are. */
export interface MemoryScores extends TranslationScores, BleuDifference {}

/** What translations score against references. */
export interface MeasuredTranslations {
  readonly scores: TranslationScores;
  /** Of the rule that answers each line as the training pair is answered which is nearest; absent where these are not at hand. */
  readonly memory?: MemoryScores;
  /** How much better than others they are. */
  readonly difference?: BleuDifference;
}

export async function measured(
  context: Context,
  lines: readonly TranslatedLine[],
  held: Held,
  input: HeldFiles,
): Promise<MeasuredTranslations> {
  const { references, against } = held;
  requireAsMany(references, lines, input.references);
  const answers = await remembered(context, lines);
  return {
    scores: translationScores(textsOf(lines), references),
    ...(answers && {
      memory: {
        ...translationScores(answers, references),
        ...pairedBleu(textsOf(lines), answers, references),
      },
    }),
    ...(against && { difference: pairedBleu(textsOf(lines), against, references) }),
  };
}

export const figuresOf = ({ scores, memory, difference }: MeasuredTranslations): object => ({
  metric: { ...scores, ...(difference && { against: difference }) },
  baselines: {
    ...(memory && { [MEMORY]: { ...memory, verdict: verdictOf(memory.interval) } }),
  },
});

export function* scoreLines(
  { scores, memory, difference }: MeasuredTranslations,
  lines: number,
): Generator<string> {
  const { bleu, signature, bleuLowercased, chrf, rougeL } = scores;
  yield `BLEU ${bleu.toFixed(2)} (${signature}), in small letters ${bleuLowercased.toFixed(2)}`;
  yield `chrF2 ${chrf.toFixed(2)}, ROUGE-L ${rougeL.toFixed(2)}, ${counted(lines, "line")}`;
  if (memory !== undefined) {
    yield `the answer to the nearest training pair (${MEMORY}): BLEU ${memory.bleu.toFixed(2)}, chrF2 ${memory.chrf.toFixed(2)}`;
    yield `${verdictOf(memory.interval)} beside that: BLEU ${differenceWords(memory)}`;
  }
  if (difference !== undefined) yield `BLEU beyond the other translations: ${differenceWords(difference)}`;
}

function differenceWords({ difference, interval, pValue }: BleuDifference): string {
  const [low, high] = interval.map((each) => each.toFixed(2));
  return `${difference > 0 ? "+" : ""}${difference.toFixed(2)}, 95 % between ${low} and ${high}, p = ${pValue.toFixed(3)}`;
}
