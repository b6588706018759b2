import { SPLIT_NAMES } from "../data/dataset.ts";
import type { FramesField } from "../data/fields.ts";
import { type EncoderKnowledge, knownEncoder } from "../data/images/encoder-knowledge.ts";
import type { PictureEncoding } from "../data/images/encoder-ports.ts";
import { lookedPng } from "../data/images/looked.ts";
import { MOST_VIEWS, viewsOf } from "../data/images/views.ts";
import { VrnnError } from "../errors.ts";
import { agreedOn, type Caption, PictureCaptioner, type SeenPicture } from "../inference/caption.ts";
import type { CaptionScores } from "../metrics/caption-scores.ts";
import { option, usageError } from "../options.ts";
import type { RunConfig } from "../run/run-config.ts";
import { requireVocabulary } from "../run/run-fields.ts";
import { counted } from "../words/figures.ts";
import * as z from "../zod.ts";
import {
  captionLines,
  type DescribedPicture,
  type MeasuredCaptions,
  measuredCaptions,
  picturesOfSplit,
} from "./caption-measured.ts";
import { type Context, filesOf, madeIn } from "./context.ts";
import { type Event, note } from "./event.ts";
import { atLeastOne, seed, temperature } from "./inputs.ts";
import { pictureName } from "./picture-name.ts";
import { operation } from "./usual.ts";
import { writtenFile } from "./written-inputs.ts";

/** So many pictures are described side by side. */
const ROWS = 8;

const input = z.strictObject({
  beam: option(z._default(z.int().check(z.minimum(1), z.maximum(1000)), 5), {
    flag: "--beam <width>",
    help: "captions that are gone on with at each step",
  }),
  lengthPower: option(z._default(z.number().check(z.minimum(0), z.maximum(5)), 1), {
    flag: "--length-power <power>",
    help: "of a caption's length, by which its log-probability is divided where they are ranked",
  }),
  alternatives: atLeastOne("--alternatives <count>", "the most captions that are told of each picture", 1),
  count: option(z._default(z.int().check(z.minimum(0), z.maximum(10_000)), 0), {
    flag: "--count <captions>",
    help: "captions of each picture that are drawn beside the likeliest: what else might be said",
  }),
  consensus: option(z._default(z.int().check(z.minimum(0), z.maximum(10_000)), 0), {
    flag: "--consensus <count>",
    help: "so many captions are drawn of each picture, and the one that is most like the others is told first",
  }),
  views: option(z._default(z.int().check(z.minimum(1), z.maximum(MOST_VIEWS)), 1), {
    flag: "--views <count>",
    help: "from so many sides (mirrored, upside down, on its side) a picture is seen where captions are drawn: for what has neither an up nor a left",
  }),
  temperature,
  seed: seed("the same seed draws the same captions"),
  split: option(z.optional(z.enum(SPLIT_NAMES)), {
    flag: "--split <name>",
    help: `the run's own pictures of a split (${SPLIT_NAMES.join(", ")}), held against what people said of them`,
  }),
  features: option(z.optional(z.string()), {
    flag: "--features <file>",
    help: "of a run whose pictures an encoder of your own reads: where that is now (default: where it was)",
    reads: true,
  }),
  maps: option(z.optional(z.string()), {
    flag: "--maps <folder>",
    help: "a PNG of each picture that shows where the model looked for each word",
    writes: "folder",
  }),
  out: writtenFile(
    "--out <file>",
    "where the captions go, an object of JSON a line (default: stdout)",
    ".jsonl",
  ),
  json: option(z._default(z.boolean(), false), {
    flag: "--json",
    help: "tell each picture by a line of JSON: captions with their log-probabilities, the class, what was drawn",
  }),
});

/** A picture with a name. */
interface NamedPicture extends SeenPicture {
  readonly name: string;
}

/** How many pictures were described; how well, where it is known what people said of them. */
export interface Described {
  readonly pictures: readonly DescribedPicture[];
  readonly scores?: CaptionScores;
}

export const caption = operation({
  input,
  output: "answers",
  async *run(context, asked): AsyncGenerator<Event<Described>> {
    const { config, model, weights } = await context.run();
    const field = pictureFieldOf(config.fields["picture"]);
    if (asked.alternatives > asked.beam)
      throw usageError(
        `option '--alternatives': a beam of ${asked.beam} finds no more than so many`,
        `add --beam ${asked.alternatives}`,
      );
    if (asked.views > 1 && asked.consensus + asked.count === 0)
      throw usageError(
        "option '--views' has no effect: no captions are drawn",
        "add --consensus 32, or leave it out",
      );
    if (asked.split !== undefined && filesOf(context).more.length > 0)
      throw usageError("pictures are named, and a split as well", "name pictures, or --split, one of both");
    const known = encoderOf(config, asked);
    const own = asked.split && (await picturesOfSplit(context, asked.split));
    const named: readonly NamedPicture[] = own ?? (await namedPictures(context, field));
    const shown = named.map((each) => fromSides(each, field, asked.views));
    const encoder = known && (await filesOf(context).encoder(known, asked.features));
    const pictures = encoder === undefined ? shown : await encodedBy(encoder, shown, field);
    const captioner = await PictureCaptioner.create({
      ...{ runtime: await context.runtime(), model, weights, fields: config.fields },
      ...{ vocabulary: requireVocabulary(config), width: asked.beam, lengthPower: asked.lengthPower },
      rows: Math.min(ROWS, pictures.length),
    });
    const told: DescribedPicture[] = [];
    const lines: string[] = [];
    const maps: Record<string, () => Uint8Array> = {};
    try {
      for (let at = 0; at < pictures.length && !context.signal.aborted; at += ROWS)
        for (const [i, each] of (
          await described(captioner, pictures.slice(at, at + ROWS), asked)
        ).entries()) {
          told.push(each);
          const line = asked.json || asked.out !== undefined ? jsonOf(each) : textOf(each);
          lines.push(line);
          if (asked.out === undefined) yield { type: "answer", text: line };
          if (asked.maps === undefined) continue;
          const seen = seenOf(pictures[at + i]!);
          const shares = await captioner.looked(seen, each.captions[0]!);
          maps[pictureName(each.picture, maps)] = () =>
            lookedPng(seen.picture, field.shape, shares, known?.grid);
        }
    } finally {
      await captioner.dispose();
    }
    if (context.signal.aborted) {
      yield { type: "stopped", text: `stopped after ${counted(told.length, "picture")}` };
      return;
    }
    const files = asked.maps === undefined ? [] : madeIn(context, asked.maps, maps);
    const table = asked.out === undefined ? [] : [{ path: asked.out, content: () => lines.join("") }];
    if (files.length + table.length > 0) yield { type: "artifacts", files: [...table, ...files] };
    for (const place of [asked.out, asked.maps])
      if (place !== undefined) yield note(`${counted(told.length, "picture")}, written to ${place}`);
    const measured = own && (await measuredCaptions(context, own, told));
    for (const line of measured === undefined ? [] : captionLines(measured)) yield note(line);
    yield* asked.json && measured ? [answerOf(measured)] : [];
    yield {
      type: "result",
      value: { pictures: told, ...(measured && { scores: measured.scores }) },
      summary: { pictures: told.length, ...(measured && figuresOf(measured)) },
    };
  },
});

const figuresOf = ({ scores, ...rest }: MeasuredCaptions) => ({ metric: scores, ...rest });

const answerOf = (measured: MeasuredCaptions): Event<Described> => ({
  type: "answer",
  text: `${JSON.stringify(figuresOf(measured))}\n`,
});

/** @throws VrnnError `run/no-pictures` for a run that describes none */
function pictureFieldOf(field: unknown): FramesField {
  const own = field as FramesField | undefined;
  if (own?.kind === "frames") return own;
  throw new VrnnError("run/no-pictures", "the run describes no pictures", {
    remedy: "train one: vrnn train <folder with pictures and captions.json> --model caption",
  });
}

/**
 * The encoder of a run that does not train one.
 *
 * @throws VrnnError `usage/option` where one is named and the run has none, or where it tells no places that maps could show
 */
function encoderOf(
  { modality }: Pick<RunConfig, "modality">,
  { features, maps }: z.output<typeof input>,
): EncoderKnowledge | undefined {
  const known = knownEncoder(modality);
  if (known === undefined && features !== undefined)
    throw usageError("option '--features' has no effect: the run trained its own encoder", "leave it out");
  if (known !== undefined && known.grid === undefined && maps !== undefined)
    throw usageError(
      `option '--maps': what the run's encoder tells (${known.output}) is of no grid of places`,
      "leave it out",
    );
  return known;
}

/** @throws VrnnError `usage/option` where a picture has not so many sides */
function fromSides(named: NamedPicture, { shape }: FramesField, views: number): NamedPicture {
  const [, ...others] = viewsOf(named.picture, shape as Shape3, views);
  return { ...named, alike: others.map((picture) => ({ picture })) };
}

type Shape3 = readonly [number, number, number];

/** Pictures with what an encoder tells of them, which is then given back. */
async function encodedBy(
  encoder: PictureEncoding,
  pictures: readonly NamedPicture[],
  { shape }: FramesField,
): Promise<readonly NamedPicture[]> {
  try {
    const pixels = pictures.flatMap(({ picture, alike = [] }) => [
      picture,
      ...alike.map((each) => each.picture),
    ]);
    const { values } = await encoder.encode(pixels, shape as Shape3);
    const next = values.values();
    const encoded = <Seen extends object>(seen: Seen) => ({ ...seen, encoded: next.next().value! });
    return pictures.map((each) => ({ ...encoded(each), alike: (each.alike ?? []).map(encoded) }));
  } finally {
    await encoder.dispose();
  }
}

const seenOf = ({ name: _, ...seen }: NamedPicture): SeenPicture => seen;

/** The pictures that were named. @throws VrnnError `usage/argument`, `data/...` */
async function namedPictures(context: Context, field: FramesField): Promise<NamedPicture[]> {
  const files = filesOf(context);
  if (files.more.length === 0)
    throw usageError("there is no picture to describe", "name some behind the run, or a split: --split test");
  return Promise.all(files.more.map(async (name) => ({ name, picture: await files.picture(name, field) })));
}

async function described(
  captioner: PictureCaptioner,
  pictures: readonly NamedPicture[],
  { alternatives, consensus, count, seed: own, temperature: spread }: z.output<typeof input>,
): Promise<DescribedPicture[]> {
  const seen = pictures.map(seenOf);
  const draws = { count: Math.max(count, consensus), seed: own, temperature: spread };
  const [found, classes] = [await captioner.describe(seen), await captioner.classify(seen)];
  const all: DescribedPicture[] = [];
  for (const [i, { name }] of pictures.entries()) {
    // A caption is the same however many are drawn behind it.
    const drawn = draws.count === 0 ? [] : await captioner.draw(seen[i]!, draws);
    const agreed = agreedOn(drawn.slice(0, consensus));
    const likeliest = found[i]!.filter(({ text }) => text !== agreed?.text);
    const told = classes?.[i];
    all.push({
      picture: name,
      captions: [...(agreed ? [agreed] : []), ...likeliest].slice(0, alternatives),
      drawn: drawn.slice(0, count),
      ...(told && { class: told }),
    });
  }
  return all;
}

/** `boats.jpg: many boats at the harbor (log p −2.31)`, a line for each caption. */
const textOf = ({ picture, captions, drawn }: DescribedPicture): string =>
  [
    ...captions.map((each) => `${picture}: ${wordsOf(each)}\n`),
    ...drawn.map((each) => `${picture}, drawn: ${wordsOf(each)}\n`),
  ].join("");

const wordsOf = ({ text, logProbability }: Caption): string => `${text} (log p ${logProbability.toFixed(2)})`;

const jsonOf = ({ picture, captions, drawn, class: own }: DescribedPicture): string => {
  const told = (each: Caption) => ({ text: each.text, logProbability: each.logProbability });
  return `${JSON.stringify({
    ...{ picture, captions: captions.map(told) },
    ...(drawn.length > 0 && { drawn: drawn.map(told) }),
    ...(own && { class: own }),
  })}\n`;
};
