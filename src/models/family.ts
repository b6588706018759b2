/** What a family of models tells of itself: its options, how one is built, and what there is to say of one. */
import type { Column, ConditionColumn } from "../data/dataset.ts";
import type { Field, Fields } from "../data/fields.ts";
import type { ModalityName } from "../data/modality.ts";
import { COLUMNS, materialsOf, materialWords, type Target } from "../data/option-materials.ts";
import { vocabularySize } from "../data/text/tokens.ts";
import { VrnnError } from "../errors.ts";
import { type OptionNeed, option } from "../options.ts";
import * as z from "../zod.ts";
import type { Model } from "./model.ts";
import { type LabelReadout, readoutOf } from "./readout.ts";

/** A kind of model: its options, with their defaults and limits, and how one is built for given data. */
export interface ModelFamily {
  readonly options: z.ZodMiniType<ModelOptions>;
  /** How its models are learnt, by the names of `train/learner-names.ts`. */
  readonly learners: readonly string[];
  /** Options of training and of reading that stand at other values with it than usual, where nobody says otherwise. */
  readonly usual?: UsualOptions;
  /** What its models may have that options are about. */
  readonly has: readonly OptionNeed[];
  /** The materials that it models. */
  readonly materials: readonly ModalityName[];
  /** What there is to say of a model of some data in a few words: rows for reports and listings. */
  describe(options: ModelOptions, fields?: Fields): readonly ModelFact[];
  /** @throws `z.core.$ZodError` when the options do not fit, VrnnError when the data cannot be modelled so. */
  build(given: ModelData, options: unknown): Model;
}

/** Options that a family would have otherwise than they are. */
export interface UsualOptions {
  readonly training?: ModelOptions;
  readonly schema?: ModelOptions;
}

/** Something to say of a model. */
export interface ModelFact {
  readonly label: string;
  readonly value: string;
}

/** What a model is of. */
export type ModelData = ModelColumns | ModelTokens | ModelPairs | ModelTracks | ModelCaptions | ModelFrames;

/** The pictures that a model is of. */
export interface ModelFrames {
  /** `[H, W]` or `[H, W, C]`. */
  readonly frames: readonly number[];
  /** How many values a pixel can take. */
  readonly levels: number;
}

/** How many tokens a model of text knows. */
export interface ModelTokens {
  readonly tokens: number;
  /** What n-grams stand beside, where there are any. */
  readonly grams?: Field | undefined;
  /** The label that it tells. */
  readonly readout?: LabelReadout | undefined;
}

/** How many tokens a model of pairs of texts knows. */
export interface ModelPairs {
  readonly pairs: number;
}

/** What a model of tracks is of. */
export interface ModelTracks {
  /** Where an agent goes. */
  readonly tracks: readonly Column[];
  /** How many numbers tell what was seen of an agent. */
  readonly seen: number;
}

/** What a model of captions knows. */
export interface ModelCaptions {
  /** How many tokens. */
  readonly captions: number;
  /** The pictures that are described, `[H, W]` or `[H, W, C]`. */
  readonly picture: readonly number[];
  /** Their class, where they have one. */
  readonly class?: Field | undefined;
  /** What an encoder that is not trained tells of each, `[S, E]`; absent: pixels are read. */
  readonly encoded?: Field | undefined;
}

/**
 * What a model of some fields is of.
 *
 * @param label the field whose label it is to tell; none unless told
 * @throws VrnnError `model/fields` when no family models such a target, or the label is none
 * @example
 * modelDataOf(textDataset(text, "shakespeare.txt", { unit: "characters" }).fields); // { tokens: 69 }
 */
export function modelDataOf(fields: Fields, label?: string): ModelData {
  const { x, source, condition, grams, picture, encoded } = fields;
  const told = label === undefined ? {} : { readout: readoutOf(fields, label) };
  if (x?.kind === "tokens") {
    const tokens = vocabularySize(x.vocabulary);
    if (source !== undefined) return { pairs: tokens };
    if (picture?.kind === "frames")
      return { captions: tokens, picture: picture.shape, class: fields["class"], encoded };
    return { ...told, tokens, grams };
  }
  if (x?.kind === "columns" && source?.kind === "frames")
    return { tracks: x.columns, seen: source.shape[0]! };
  if (x?.kind === "columns")
    return {
      ...told,
      columns: x.columns,
      ...(x.scaleSteps !== undefined && { scaleSteps: x.scaleSteps }),
      ...(condition?.kind === "columns" && { conditions: condition.columns as readonly ConditionColumn[] }),
      ...transcriptsOf(fields),
    };
  if (x?.kind === "frames" && x.storage === "uint8")
    return { frames: x.shape, levels: x.range[1] - x.range[0] + 1 };
  throw new VrnnError("model/fields", `no family models a target of ${x?.kind ?? "nothing"}`, {
    remedy: "write a model of your own (docs/adding-a-model.md)",
  });
}

/** How many levels each field of transcripts has, in the order of the fields; the blank is the id of padding. */
function transcriptsOf(fields: Fields): Pick<ModelColumns, "transcripts"> {
  const found = Object.entries(fields).flatMap(([name, field]) =>
    field.kind === "tokens" && field.role === "label" ? [[name, vocabularySize(field.vocabulary)]] : [],
  );
  return found.length > 0 ? { transcripts: Object.fromEntries(found) } : {};
}

/** What a model of columns is of, and what it takes beside them. */
export interface ModelColumns {
  readonly columns: readonly Column[];
  readonly conditions?: readonly ConditionColumn[] | undefined;
  /** The label that it tells. */
  readonly readout?: LabelReadout | undefined;
  /** After how many of its first steps each sequence is scaled by these: the emission then reads units. */
  readonly scaleSteps?: number;
  /** How many levels each field of transcripts has; absent: there are none. */
  readonly transcripts?: Readonly<Record<string, number>>;
}

/** Options of a family, as a configuration holds them. */
export type ModelOptions = Readonly<Record<string, unknown>>;

/** How a family builds its models, of each kind of data that it models. */
interface Builders<Options> {
  readonly columns?: (given: ModelColumns, options: Options) => Model;
  readonly tokens?: (given: ModelTokens, options: Options) => Model;
  readonly pairs?: (given: ModelPairs, options: Options) => Model;
  readonly tracks?: (given: ModelTracks, options: Options) => Model;
  readonly captions?: (given: ModelCaptions, options: Options) => Model;
  readonly frames?: (given: ModelFrames, options: Options) => Model;
  /** What its models may have that options are about. */
  readonly has: readonly OptionNeed[];
}

/** Which family models each kind of data. */
const MODELLED_BY: Readonly<Record<Target, string>> = {
  columns: "vrnn",
  tokens: "vrnn",
  pairs: "translate",
  tracks: "trajectory",
  captions: "caption",
  frames: "frame-vrnn",
};

const kinds = Object.keys(MODELLED_BY) as Target[];

/** How a family is put together: its options are checked before anything else sees them. */
export function family<Schema extends z.ZodMiniType<ModelOptions>>(
  options: Schema,
  { has, ...builders }: Builders<z.output<Schema>>,
  describe: (options: z.output<Schema>, fields: Fields) => readonly ModelFact[],
  { learners = ["gradient"], ...ways }: Partial<Pick<ModelFamily, "learners" | "usual">> = {},
): ModelFamily {
  const materials = kinds.filter((each) => builders[each] !== undefined).flatMap(materialsOf);
  return {
    options,
    learners,
    ...ways,
    has,
    materials,
    describe: (values, fields = {}) => describe(options.parse(values), fields),
    build: (given, values) => {
      const checked = options.parse(values);
      if ("readout" in given && given.readout !== undefined && !has.includes("labels"))
        throw new VrnnError("model/readout", "this family tells no labels", {
          at: "--model",
          remedy: "choose vrnn or classify",
        });
      const kind = kinds.find((each) => each in given) as Target;
      const build = builders[kind] as ((given: ModelData, options: z.output<Schema>) => Model) | undefined;
      if (build !== undefined) return build(given, checked);
      const [able, asked] = [materials, materialsOf(kind)].map(materialWords);
      throw new VrnnError("model/data", `this family models ${able}, not ${asked}`, {
        at: "--model",
        remedy: `choose --model ${MODELLED_BY[kind]}`,
      });
    },
  };
}

/** What there is to say of a recurrent model with latent variables. */
export const latentFacts = ({
  hidden,
  latent,
  latentFamily,
}: Readonly<Record<"hidden" | "latent", number>> & { readonly latentFamily: string }): ModelFact[] => [
  { label: "hidden units, latent variables", value: `${hidden}, ${latent}` },
  ...(latent > 0 ? [{ label: "distribution of the latent variables", value: latentFamily }] : []),
];

/** A width: of layers, of a state, of latent variables. */
export const size = z.int().check(z.minimum(1), z.maximum(65_536));

/** Output distributions as people ask for them, an option of families of columns. What it does is said by `cli/vrnn-help.ts`. */
export const emissionNames = option(z._default(z.array(z.string()).check(z.maxLength(10_000)), []), {
  flag: "--emission <names>",
  materials: COLUMNS,
});

/** What columns are predicted from, as people ask for it. */
export const centerNames = option(z._default(z.array(z.string()).check(z.maxLength(10_000)), []), {
  flag: "--center <places>",
  materials: COLUMNS,
});
