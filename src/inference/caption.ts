/** What a model says of pictures. */
import { meanOf } from "../collections.ts";
import { Feeder } from "../data/feeder.ts";
import type { Fields } from "../data/fields.ts";
import type { Part } from "../data/source.ts";
import { END, Tokenizer, type Vocabulary } from "../data/text/vocabulary.ts";
import { exp, input, logSoftmax } from "../graph/index.ts";
import { medoid } from "../metrics/medoid.ts";
import { declaredSpecs } from "../models/input-specs.ts";
import type { Model } from "../models/model.ts";
import { declaredInputs } from "../models/unroll.ts";
import { plainNet } from "../nn/net.ts";
import { countOf } from "../nn/parameters.ts";
import type { Program } from "../onnx/lower.ts";
import { allOrNone } from "../runtime/all-or-none.ts";
import { type Executable, float32, type Values } from "../runtime/runtime.ts";
import { compile } from "../train/programs.ts";
import { unpackWeights } from "../train/weights.ts";
import { attentionWeights } from "./attention-weights.ts";
import { BeamSearcher, type BeamSettings } from "./beam.ts";
import { type PartSearch, searchParts } from "./beam-parts.ts";
import { compileFinite } from "./finite.ts";
import { generateRows } from "./generate.ts";
import { scoreRows } from "./score.ts";

/** By what pictures are described, and how. */
export interface CaptionerSettings extends BeamSettings {
  readonly fields: Fields;
  readonly vocabulary: Vocabulary;
  /** R: how many pictures are described side by side. */
  readonly rows: number;
}

/** A picture as fields hold it. */
export interface SeenPicture {
  /** `[H, W, C]` bytes. */
  readonly picture: Uint8Array;
  /** What an encoder that is not trained tells of it, `[S, E]`, where there is one. */
  readonly encoded?: Float32Array;
  /** The same from other sides: captions are drawn of each in turn, and the class is told by all of them. */
  readonly alike?: readonly Omit<SeenPicture, "alike">[];
}

/** A caption, with what speaks for it. */
export interface Caption {
  readonly text: string;
  /** Its tokens, without the end. */
  readonly ids: readonly number[];
  /**
   * log p of these and of the end, in nats: of what was searched with latent variables at the means of their priors, of what was
   * drawn a lower bound where there are any.
   */
  readonly logProbability: number;
}

/** How captions are drawn. */
export interface CaptionDraws {
  readonly count: number;
  readonly seed: number;
  readonly temperature: number;
}

/** A class with its probability. */
export interface ToldClass {
  readonly name: string;
  readonly probability: number;
}

/** No caption is longer, in tokens. */
const LONGEST = 50;

/**
 * Describes pictures: the likeliest captions by beam search, others by draws of z and of each word.
 *
 * @example
 * const captioner = await PictureCaptioner.create({ runtime, model, weights, fields, vocabulary, width: 5, lengthPower: 1, rows: 8 });
 * const [[best]] = await captioner.describe([{ picture: pixels }]);
 * best.text; // such as "many boats docked neatly at the harbor"
 */
export class PictureCaptioner {
  private readonly settings: CaptionerSettings;
  private readonly search: PartSearch;
  /** Absent of a model that tells no class. */
  private readonly classes: Executable | undefined;
  private readonly tokenizer: Tokenizer;
  private readonly levels: readonly string[];

  private constructor(settings: CaptionerSettings, searcher: BeamSearcher, classes: Executable | undefined) {
    const { model, fields, vocabulary, rows } = settings;
    this.settings = settings;
    this.search = { searcher, feeder: new Feeder(declaredSpecs(model.inputs), fields), rows };
    this.classes = classes;
    this.tokenizer = new Tokenizer(vocabulary);
    this.levels = fields["class"]?.kind === "label" ? fields["class"].levels : [];
  }

  /** @throws VrnnError `beam/model` for a model that writes nothing about a source, `task/not-finite` */
  static async create(settings: CaptionerSettings): Promise<PictureCaptioner> {
    const { runtime, model } = settings;
    return allOrNone(async (keep) => {
      const searcher = keep(await BeamSearcher.create(settings, settings.rows));
      const told = model.asides?.["class"] && classProgram(model);
      return new PictureCaptioner(settings, searcher, told && keep(await compileFinite(runtime, told)));
    });
  }

  /** The likeliest captions of each picture, the best one first. */
  async describe(pictures: readonly SeenPicture[]): Promise<Caption[][]> {
    const all: Caption[][] = [];
    for (const parts of this.batches(pictures.map(partOf)))
      for (const found of await searchParts(this.search, parts, () => LONGEST))
        all.push(
          found.map(({ ids, logProbability }) => ({ text: this.tokenizer.decode(ids), ids, logProbability })),
        );
    return all;
  }

  /** Captions of a picture as the model would draw them, in the order of their draws, which take its views in turn. */
  async draw(picture: SeenPicture, { count, seed, temperature }: CaptionDraws): Promise<Caption[]> {
    const { settings } = this;
    const views = viewsOf(picture);
    const parts = Array.from({ length: count }, (_, i) => views[i % views.length]!);
    const known = (): Values => this.search.feeder.feed(parts)[0]!;
    const rows = await generateRows({ ...settings, count, steps: LONGEST, seed, temperature, known });
    const texts = rows.map(({ x }) => {
      const end = x.indexOf(END);
      return Int32Array.from(end < 0 ? x : x.subarray(0, end + 1));
    });
    const sequences = texts.map((x, i) => ({
      ...{ name: String(i), length: x.length },
      values: { ...parts[i]!.values, x, class: Int32Array.of(-1) },
    }));
    const scores = await scoreRows({ ...settings, sequences, seed });
    return texts.map((x, i) => {
      const ids = Array.from(x).filter((id) => id !== END);
      const logProbability = scores[i]!.total.reduce((sum, nats) => sum + nats, 0);
      return { text: this.tokenizer.decode(ids), ids, logProbability };
    });
  }

  /** The likeliest class of each picture, by the mean over its views; undefined of a model that tells none. */
  async classify(pictures: readonly SeenPicture[]): Promise<ToldClass[] | undefined> {
    if (this.classes === undefined) return undefined;
    const views = pictures.map(viewsOf);
    const shares = (await this.sharesOf(this.classes, views.flat())).values();
    return views.map((each) => {
      const own = each.map(() => shares.next().value!); // [views][L]
      const means = this.levels.map((_, level) => meanOf(own.map((share) => share[level]!)));
      const probability = Math.max(...means);
      return { name: this.levels[means.indexOf(probability)]!, probability };
    });
  }

  /** How likely each class is by each view, `[N][L]`. */
  private async sharesOf(classes: Executable, views: readonly Part[]): Promise<number[][]> {
    const { weights } = this.settings;
    const parameters = float32([weights.length], weights);
    const { length } = this.levels;
    const all: number[][] = [];
    for (const parts of this.batches(views)) {
      const { share } = await classes.run({ parameters, ...this.search.feeder.feed(parts)[0]! });
      const shares = Array.from(share!.data, Number); // [B · L]
      all.push(...parts.map((_, row) => shares.slice(row * length, (row + 1) * length)));
    }
    return all;
  }

  /** How much each place of the picture counted for each word of a caption, `[T][S]`; rows add up to 1. */
  async looked(picture: SeenPicture, { ids }: Caption): Promise<Float64Array[]> {
    const x = Int32Array.from(ids);
    const parts = [{ length: x.length, values: { ...partOf(picture).values, x } }];
    return (await attentionWeights({ ...this.settings, parts }))[0]!;
  }

  /** Gives its programs back. */
  async dispose(): Promise<void> {
    await this.search.searcher.dispose();
    await this.classes?.dispose();
  }

  private *batches(parts: readonly Part[]): Generator<readonly Part[]> {
    const { rows } = this.search;
    for (let at = 0; at < parts.length; at += rows) yield parts.slice(at, at + rows);
  }
}

/**
 * Of captions that were drawn of a picture the one that has most in common with all of them, so that it risks least (Kumar and Byrne,
 * "Minimum Bayes-Risk Decoding", NAACL 2004); none of none.
 */
export function agreedOn(drawn: readonly Caption[]): Caption | undefined {
  if (drawn.length === 0) return undefined;
  const text = medoid(drawn.map((each) => each.text));
  return drawn.find((each) => each.text === text);
}

/** A picture that nothing is said of yet. */
const partOf = ({ picture, encoded }: SeenPicture): Part => ({
  length: 0,
  values: { picture, ...(encoded && { encoded }) },
});

const viewsOf = (picture: SeenPicture): Part[] => [picture, ...(picture.alike ?? [])].map(partOf);

/** How likely each class is, `share` `[B, L]`, told by pictures alone. */
function classProgram(model: Model): Program {
  const { weights } = unpackWeights(model.parameters, input("parameters", [countOf(model.parameters)]));
  const { fixed } = model.given!(plainNet(weights), { inputs: declaredInputs(model.inputs) });
  return compile({ share: exp(logSoftmax(fixed["class"]!)) });
}
