/** How good captions are: beside what people said of the same pictures, and what rules would say. */
import { type ClassCaption, classCaptions, mostFrequentCaption } from "../baselines/class-captions.ts";
import { meanOf } from "../collections.ts";
import type { SplitName } from "../data/dataset.ts";
import { sequencesIn } from "../data/whole-sequences.ts";
import { VrnnError } from "../errors.ts";
import type { Caption, ToldClass } from "../inference/caption.ts";
import { type CaptionScores, captionScores } from "../metrics/caption-scores.ts";
import { type Context, filesOf } from "./context.ts";

/** What is said of a picture. */
export interface DescribedPicture {
  readonly picture: string;
  /** The likeliest captions, the best one first. */
  readonly captions: readonly Caption[];
  /** What was drawn. */
  readonly drawn: readonly Caption[];
  readonly class?: ToldClass;
}

/** A picture of a split, with what people said of it. */
export interface CaptionedPicture {
  readonly name: string;
  /** `[H, W, C]` */
  readonly picture: Uint8Array;
  readonly references: readonly string[];
  /** Its class, where it has a known one. */
  readonly class?: string;
}

/** What captions score. */
export interface MeasuredCaptions {
  readonly scores: CaptionScores;
  /** What rules score, by their names. */
  readonly baselines: Readonly<Record<string, CaptionScores>>;
  /** The share of classes that were told rightly, of the pictures whose class is known. */
  readonly accuracy?: number;
  /** The same of the pictures whose captions all differ from that of the class that was told. */
  readonly within?: WithinClass;
}

/** What is said of pictures of which people say otherwise than of their class. */
export interface WithinClass {
  readonly pictures: number;
  readonly scores: CaptionScores;
  readonly template: CaptionScores;
}

/** The pictures of a split of the run's own data. @throws VrnnError `run/data`, `run/split` */
export async function picturesOfSplit(context: Context, split: SplitName): Promise<CaptionedPicture[]> {
  const files = filesOf(context);
  const own = (await files.ownSplits())?.[split];
  if (own === undefined)
    throw new VrnnError("run/data", "the pictures that the run was trained on are no longer to be read", {
      remedy: "name pictures behind the run",
    });
  const said = await files.captions();
  const { class: field } = (await context.run()).config.fields;
  const levels = field?.kind === "label" ? field.levels : [];
  // A picture has a sequence for each of its captions.
  const pictures = new Map((await sequencesIn(own)).map((each) => [each.name, each.values]));
  if (pictures.size === 0)
    throw new VrnnError("run/split", `the ${split} split is empty`, { remedy: "choose another one" });
  return [...pictures].map(([name, { picture, class: level }]) => {
    const told = levels[Number(level?.[0] ?? -1)];
    return {
      ...{ name, picture: picture as Uint8Array },
      references: (said.get(name) ?? []).map((words) => words.join(" ")),
      ...(told !== undefined && { class: told }),
    };
  });
}

/** What captions of a split score, beside rules that have learned from the training split. */
export async function measuredCaptions(
  context: Context,
  pictures: readonly CaptionedPicture[],
  told: readonly DescribedPicture[],
): Promise<MeasuredCaptions> {
  const references = pictures.map((each) => each.references);
  const own = told.map(({ captions }) => captions[0]!.text);
  const scores = captionScores(own, references);
  const train = await picturesOfSplit(context, "train");
  const templates = classCaptions(train.flatMap(captionsOfClass));
  const commonest = mostFrequentCaption(train.flatMap((each) => each.references));
  const baselines: Record<string, CaptionScores> = {
    "most frequent caption": captionScores(
      pictures.map(() => commonest),
      references,
    ),
  };
  if (references.every(({ length }) => length > 1))
    baselines["one person against the others"] = captionScores(
      references.map(([first]) => first!),
      references.map((each) => each.slice(1)),
    );
  const template = (name: string | undefined) => templates.get(name ?? "") ?? "";
  if (pictures.every((each) => each.class !== undefined))
    baselines["caption of the true class"] = captionScores(
      pictures.map((each) => template(each.class)),
      references,
    );
  if (!told.every((each) => each.class !== undefined)) return { scores, baselines };
  const ofTold = told.map((each) => template(each.class!.name));
  baselines["caption of the class that is told"] = captionScores(ofTold, references);
  const hits = told.flatMap(({ class: own }, i) => hitOf(pictures[i]!, own!));
  const within = withinClass(own, ofTold, references);
  const accuracy = hits.length > 0 && { accuracy: meanOf(hits) };
  return { scores, baselines, ...accuracy, ...(within && { within }) };
}

/** 1 where the class was told rightly, 0 where it was not, nothing where it is unknown. */
const hitOf = ({ class: own }: CaptionedPicture, { name }: ToldClass): number[] =>
  own === undefined ? [] : [Number(own === name)];

const captionsOfClass = ({ references, class: name }: CaptionedPicture): ClassCaption[] =>
  name === undefined ? [] : references.map((text) => ({ text, class: name }));

/** Of the pictures of which nobody said what the template says. How rare n-grams are is told by these alone. */
function withinClass(
  own: readonly string[],
  templates: readonly string[],
  references: readonly (readonly string[])[],
): WithinClass | undefined {
  const places = references.flatMap((each, i) => (each.includes(templates[i]!) ? [] : [i]));
  if (places.length < 2) return undefined;
  const of = <Each>(all: readonly Each[]) => places.map((i) => all[i]!);
  return {
    pictures: places.length,
    scores: captionScores(of(own), of(references)),
    template: captionScores(of(templates), of(references)),
  };
}

/** What there is to say of that. */
export function* captionLines({ scores, baselines, accuracy, within }: MeasuredCaptions): Generator<string> {
  yield `captions: ${scoreWords(scores)}`;
  for (const [name, own] of Object.entries(baselines)) yield `${name}: ${scoreWords(own)}`;
  if (accuracy !== undefined) yield `classes told rightly: ${(100 * accuracy).toFixed(1)} %`;
  if (within === undefined) return;
  yield `of the ${within.pictures} pictures of which nobody said what the class's caption says: ${scoreWords(within.scores)}`;
  yield `the class's caption there: ${scoreWords(within.template)}`;
}

const scoreWords = ({ bleu, rougeL, ciderD }: CaptionScores): string =>
  `BLEU ${bleu.map((each) => each.toFixed(3)).join(" ")}, ROUGE-L ${rougeL.toFixed(3)}, CIDEr-D ${ciderD.toFixed(3)}`;
