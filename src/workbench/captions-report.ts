/** What a report shows of a run of captioned pictures. */
import { groupBy } from "../collections.ts";
import { type FieldDataset, fieldDatasetOf } from "../data/field-dataset.ts";
import type { FramesField } from "../data/fields.ts";
import { knownEncoder } from "../data/images/encoder-knowledge.ts";
import { type Grid, lookedMask } from "../data/images/looked.ts";
import type { Picture } from "../data/images/picture.ts";
import { encodePng } from "../data/images/png.ts";
import { resampled } from "../data/images/resample.ts";
import type { Modality } from "../data/modality.ts";
import type { MemorySequence } from "../data/source.ts";
import { Tokenizer } from "../data/text/vocabulary.ts";
import { sequencesIn } from "../data/whole-sequences.ts";
import { type Caption, PictureCaptioner, type SeenPicture, type ToldClass } from "../inference/caption.ts";
import { base64 } from "../report/base64.ts";
import type { CaptionedContent, CaptionsContent } from "../report/content.ts";
import type { TrainedModel } from "../run/run.ts";
import { requireVocabulary } from "../run/run-fields.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { RunReport } from "./shown.ts";

/** So many pictures are shown, evenly from the whole split, and no larger, in pixels: a page of them stays below half a megabyte. */
const [SHOWN, LARGEST] = [8, 128];

/** What it says of some pictures of the validation split (the training split, where there is none), and where it looked. */
export const captionsReport: RunReport = async (run, given, runtime) => {
  const data = fieldDatasetOf(given);
  return { data, latents: [], captions: await captionsOf(run, data, runtime) };
};

async function captionsOf(
  { config, model, weights }: TrainedModel,
  { splits, fields, modality }: FieldDataset,
  runtime: Runtime,
): Promise<CaptionsContent> {
  const held = await sequencesIn(splits.valid);
  const [split, sequences] = held.length > 0 ? ["valid", held] : ["train", await sequencesIn(splits.train)];
  // A picture has a sequence for each of its captions.
  const pictures = [...groupBy(sequences, ({ name }) => name).values()];
  const count = Math.min(SHOWN, pictures.length);
  const some = Array.from({ length: count }, (_, i) => pictures[Math.floor((i * pictures.length) / count)]!);
  const vocabulary = requireVocabulary(config);
  const captioner = await PictureCaptioner.create({
    ...{ runtime, model, weights, fields, vocabulary, width: 5, lengthPower: 1, rows: count },
  });
  try {
    const seen = some.map(([first]) => seenOf(first!));
    const found = await captioner.describe(seen);
    const classes = await captioner.classify(seen);
    const places = placesOf(modality);
    const shown: CaptionedContent[] = [];
    for (const [i, said] of some.entries()) {
      const [best] = found[i] as [Caption];
      const shares = places ? await captioner.looked(seen[i]!, best) : [];
      const masks = shares.map((share) =>
        lookedMask(share, fieldSize(fields["picture"] as FramesField), places?.grid),
      );
      const described = { said, best, masks, told: classes?.[i] };
      shown.push(pictureContent(described, fields, new Tokenizer(vocabulary)));
    }
    return { split, of: pictures.length, pictures: shown };
  } finally {
    await captioner.dispose();
  }
}

/** What a model sees of a picture: itself, and what an encoder that is not trained tells of it. */
const seenOf = ({ values: { picture, encoded } }: MemorySequence): SeenPicture => ({
  picture: picture as Uint8Array,
  ...(encoded && { encoded: encoded as Float32Array }),
});

/** Over which places of a picture it looks; undefined where what its encoder tells has none. */
function placesOf(modality: Modality): { readonly grid?: Grid } | undefined {
  const encoder = knownEncoder(modality);
  if (encoder === undefined) return {};
  return encoder.grid && { grid: encoder.grid };
}

/** A picture with its captions, and what the model makes of it. */
interface Described {
  /** A sequence for each caption by people. */
  readonly said: readonly MemorySequence[];
  readonly best: Caption;
  /** Where was looked for each word; none where that has no place in the picture. */
  readonly masks: readonly Uint8Array[];
  readonly told: ToldClass | undefined;
}

function pictureContent(
  { said, best, masks, told }: Described,
  fields: FieldDataset["fields"],
  tokenizer: Tokenizer,
): CaptionedContent {
  const { name, values } = said[0]!;
  const picture = smaller(values["picture"] as Uint8Array, fields["picture"] as FramesField);
  const { width, height } = picture;
  const levels = fields["class"]?.kind === "label" ? fields["class"].levels : [];
  const own = levels[Number(values["class"]?.[0] ?? -1)];
  return {
    ...{ name, width, height, logProbability: best.logProbability },
    png: base64(encodePng(picture)),
    words: best.ids.map((id, t) => ({
      word: tokenizer.spell(id).trim(),
      ...(masks[t] && { mask: base64(masks[t]) }),
    })),
    references: said.map((each) => tokenizer.decode(each.values["x"] as Int32Array)),
    ...(told && { told }),
    ...(own !== undefined && { class: own }),
  };
}

const fieldSize = ({ shape: [height = 1, width = 1] }: FramesField) => ({ width, height });

/** A picture that is no larger than is shown. */
function smaller(pixels: Uint8Array, field: FramesField): Picture {
  const { width, height } = fieldSize(field);
  const picture: Picture = { width, height, channels: field.shape[2] === 3 ? 3 : 1, pixels };
  const scale = Math.min(1, LARGEST / Math.max(width, height));
  return resampled(picture, {
    width: Math.max(1, Math.round(scale * width)),
    height: Math.max(1, Math.round(scale * height)),
  });
}
