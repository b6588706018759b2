/** Speech from a folder: recordings or features of them, and the lists that say what was said. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { VrnnError } from "../errors.ts";
import { counted, listed } from "../words/figures.ts";
import { compressedFormat, decodeCompressed } from "./audio/compressed.ts";
import type { Frames } from "./audio/frames.ts";
import { parseMfc } from "./audio/mfc.ts";
import { oneChannel } from "./audio/mix.ts";
import { resample } from "./audio/resample.ts";
import type { ReadSound, Sound } from "./audio/sound.ts";
import { type Utterance as Listed, parseCmu, parseKaldi, parseManifest } from "./audio/transcripts.ts";
import { decodeWav } from "./audio/wav.ts";
import type { SplitName } from "./dataset.ts";
import type { FieldDataset, KnownData } from "./field-dataset.ts";
import { readContent, readText } from "./files-bytes.ts";
import type { SoundEncoder } from "./files-sound-encoder.ts";
import { type Pronunciation, readDictionary } from "./speech/dictionary.ts";
import { earsFor, earsOf, type Hears } from "./speech/ears.ts";
import { knownSoundEncoder } from "./speech/encoder-knowledge.ts";
import type { FeatureName } from "./speech/feature-names.ts";
import type { Hearing } from "./speech/hearing.ts";
import { knownOfSpeech, type SpeechKnowledge } from "./speech/knowledge.ts";
import { Recordings } from "./speech/recordings.ts";
import { speechDataset, type Utterance } from "./speech/speech-dataset.ts";
import type { SplitShares } from "./split.ts";
import { splitAtEnd, splitOfName } from "./split-names.ts";

/** How speech is read. */
export interface SpeechSchema {
  /** What a step is of; cepstra unless told. */
  readonly features?: FeatureName | undefined;
  /** The path of the encoder that tells it, where one does: of a trained model the one that it was trained with. */
  readonly encoder?: string | undefined;
  /** Letters that often stand together are one symbol, until there are so many; each letter is one unless told. */
  readonly subwords?: number | undefined;
  /** Deals speakers out in a random order of this seed. */
  readonly shuffle?: number | undefined;
  readonly split?: SplitShares | undefined;
}

/** A recording that is listed, its split that of the list unless told. */
type Found = Omit<Listed, "split" | "text"> & {
  readonly split?: SplitName | undefined;
  /** Undefined where no list says it. */
  readonly text?: string;
  /** The list that names it. */
  readonly list: string;
};

/** What is to be heard, and what there is to say of how it was found. */
interface Listing {
  readonly found: readonly Found[];
  readonly notes: readonly string[];
}

/** The files of a folder that speech is told by. */
interface SpeechFolder {
  readonly root: string;
  /** All files below it, by their paths from it on. */
  readonly files: readonly string[];
}

const SOUNDS = [".wav", ".flac", ".mp3", ".ogg"] as const;
const FEATURES = ".mfc";
const MANIFESTS = /^(manifest|metadata|transcripts)\.(csv|tsv)$/i;

/** So deep are lists and recordings looked for. */
const DEEPEST = 6;

/**
 * Whether a folder holds speech: a list that says what was said, as those of CMU Sphinx (`.transcription`), Kaldi (`text` beside
 * `wav.scp`) or a table (`manifest.csv`, `metadata.csv`, `transcripts.csv`).
 */
export function isSpeech(path: string): boolean {
  if (!existsSync(path) || !statSync(path).isDirectory()) return false;
  const { files } = folderAt(path);
  return listsIn(files).length > 0 && files.some((file) => isHeard(file));
}

/** A recording that was listed: who speaks in it, and how it sounds. */
export interface Recording {
  readonly speaker?: string | undefined;
  /** Undefined where features are kept in its place. @throws VrnnError `data/...` where it cannot be read */
  sound(): Promise<Sound | undefined>;
}

/**
 * The recordings of a folder of speech, or a single one, by the names of their utterances, which are read when they are asked for. No list has to name them.
 *
 * @throws VrnnError `data/...` where its lists cannot be read
 * @example
 * await recordingsIn("digits").get("7_theo_3")?.sound(); // { rate: 8000, channels: [Float32Array(3142)], notes: [] }
 */
export function recordingsIn(path: string): ReadonlyMap<string, Recording> {
  const folder = folderAt(path);
  const reader = new Reader(folder, "cepstra", undefined);
  return new Map(
    listedIn(folder, true).found.map((found) => [
      found.id,
      { speaker: found.speaker, sound: () => reader.soundOf(found) },
    ]),
  );
}

const isOfFeatures = (file: string): boolean => file.toLowerCase().endsWith(FEATURES);

const isHeard = (file: string): boolean =>
  [...SOUNDS, FEATURES].some((end) => file.toLowerCase().endsWith(end));

/**
 * Speech of a folder as a data set. Recordings are WAV, FLAC, MP3 and Ogg Vorbis, or features of them (`.mfc`); a dictionary of CMU's
 * (`.dic`, `.dict`) among them says how words are said. A trained model also takes recordings that no list names, and a single one.
 *
 * @param known what a trained model is of
 * @throws VrnnError `data/...` with the file and line
 */
export async function readSpeech(
  path: string,
  schema: SpeechSchema,
  known?: KnownData,
): Promise<FieldDataset> {
  const speech = known && knownOfSpeech(known.modality);
  const encoder = await encoderOf(schema.encoder, speech?.hearing);
  try {
    return await heardSpeech(path, schema, { known, speech, encoder });
  } finally {
    await encoder?.dispose();
  }
}

/** What speech is heard by. */
interface Hearers {
  /** What a trained model is of, and what it knows of speech. */
  readonly known: KnownData | undefined;
  readonly speech: SpeechKnowledge | undefined;
  readonly encoder: SoundEncoder | undefined;
}

async function heardSpeech(
  path: string,
  schema: SpeechSchema,
  { known, speech, encoder }: Hearers,
): Promise<FieldDataset> {
  const folder = folderAt(path);
  const { found, notes } = listedIn(folder, known !== undefined);
  const features = speech?.hearing.features ?? schema.features ?? "cepstra";
  const reader = new Reader(folder, features, speech?.hearing, encoder);
  const utterances: Utterance[] = [];
  for (const each of found) {
    const { id: name, speaker, split } = each;
    utterances.push({ name, speaker, split, frames: await reader.framesOf(each), words: wordsOf(each) });
  }
  const dictionary = speech ? undefined : dictionaryIn(folder);
  const data = speechDataset(utterances, path, {
    ...{
      features,
      spectral: reader.ears?.spectral,
      encoder: encoder?.knowledge,
      frameRate: reader.frameRate,
      shuffle: schema.shuffle,
      split: schema.split,
      subwords: schema.subwords,
    },
    ...{ dictionary: dictionary?.words, known: known && speech && { fields: known.fields, speech } },
  });
  return {
    ...data,
    ...(encoder && { encoded: reader.checksum() }),
    notes: [
      ...notes,
      ...(dictionary?.notes ?? []),
      ...(encoder?.notes() ?? []),
      ...reader.notes(),
      ...data.notes,
    ],
  };
}

/** @throws VrnnError as `SoundEncoder.open` */
async function encoderOf(
  path: string | undefined,
  hearing: Hearing | undefined,
): Promise<SoundEncoder | undefined> {
  if (hearing === undefined ? path === undefined : hearing.encoder === undefined) return undefined;
  const { SoundEncoder: Encoder } = await import("./files-sound-encoder.ts");
  return Encoder.open(path ?? "", hearing && knownSoundEncoder(hearing));
}

/** @param root a folder, or one file alone */
function folderAt(root: string): SpeechFolder {
  if (!statSync(root).isDirectory()) return { root: dirname(root), files: [basename(root)] };
  const below = (folder: string, depth: number): string[] =>
    readdirSync(join(root, folder), { withFileTypes: true })
      .filter(({ name }) => !name.startsWith("."))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap((entry) => {
        const path = join(folder, entry.name);
        if (!entry.isDirectory()) return [path];
        return depth > 1 ? below(path, depth - 1) : [];
      });
  return { root, files: below("", DEEPEST) };
}

/** A list of what was said: which files it is of, and how it is read. */
interface TranscriptList {
  readonly file: string;
  readonly read: (text: (file: string) => { readonly text: string; readonly file: string }) => Listed[];
}

/** What was said; of an empty cell of a table nobody knows, where an empty line of other lists says that nothing was. */
function wordsOf({ text, list }: Found): readonly string[] | undefined {
  if (text === undefined) return undefined;
  const words = text.split(/\s+/).filter((word) => word !== "");
  return words.length === 0 && MANIFESTS.test(basename(list)) ? undefined : words;
}

/** The lists among some files. @param needsText whether tables have to say what was said */
function listsIn(files: readonly string[], needsText = true): TranscriptList[] {
  const there = new Set(files);
  const optional = (file: string) => (there.has(file) ? file : undefined);
  return files.flatMap((file): TranscriptList[] => {
    const name = basename(file);
    if (file.endsWith(".transcription")) {
      const ids = optional(file.replace(/\.transcription$/, ".fileids"));
      // A list of all splits together stands beside those of each.
      if (ids === undefined && files.some((other) => other.endsWith(".fileids"))) return [];
      return [{ file, read: (text) => parseCmu(text(file), ids === undefined ? undefined : text(ids)) }];
    }
    if (name === "text" && there.has(join(dirname(file), "wav.scp"))) {
      const [wavScp, speakers] = ["wav.scp", "utt2spk"].map((each) => optional(join(dirname(file), each)));
      return [
        {
          file,
          read: (text) =>
            parseKaldi({
              text: text(file),
              wavScp: wavScp === undefined ? undefined : text(wavScp),
              utt2spk: speakers === undefined ? undefined : text(speakers),
            }),
        },
      ];
    }
    return MANIFESTS.test(name) ? [{ file, read: (text) => parseManifest(text(file), { needsText }) }] : [];
  });
}

/**
 * What was said in which recording, by the splits that lists are called after.
 *
 * @param isTrained whether it is for a trained model, which hears recordings of which nobody knows what was said too
 */
function listedIn({ root, files }: SpeechFolder, isTrained = false): Listing {
  const lists = listsIn(files, !isTrained);
  if (lists.length === 0 && isTrained && files.some(isHeard)) return unlistedIn(files);
  if (lists.length === 0)
    throw new VrnnError("data/transcripts", "no list says what was said in the recordings", {
      at: root,
      remedy: "put a table manifest.csv with the columns path, text and speaker into the folder",
    });
  const at = (file: string) => ({ text: readText(join(root, file)), file: join(root, file) });
  const read = lists.map(({ file, read: parse }) => {
    const stem = basename(file).replace(/\.[^.]+$/, "");
    const split =
      splitAtEnd(stem.toUpperCase())?.split ??
      splitAtEnd(stem)?.split ??
      splitOfName(stem) ??
      splitOfName(basename(dirname(file)));
    return { file, found: parse(at).map((each): Found => ({ split, ...each, list: file })) };
  });
  const aside = files.filter(
    (file) => file.endsWith(".transcription") && !lists.some((list) => list.file === file),
  );
  return {
    found: read.flatMap(({ found }) => found),
    notes: [
      ...(aside.length > 0 ? [`left aside, as no .fileids stands beside: ${listed(aside, 6)}`] : []),
      `what was said: ${listed(
        read.map(({ file, found }) => `${file} (${counted(found.length, "utterance")})`),
        6,
      )}`,
    ],
  };
}

/** All recordings, of which no list says anything. */
function unlistedIn(files: readonly string[]): Listing {
  const found = files.filter(isHeard).map((file): Found => ({ id: file, path: file, list: file }));
  return {
    found,
    notes: [`no list says what was said: ${counted(found.length, "recording")} to hear`],
  };
}

/** How words are said, where a dictionary stands among the files. */
function dictionaryIn({
  root,
  files,
}: SpeechFolder): { readonly words: Pronunciation[]; readonly notes: readonly string[] } | undefined {
  const [file, ...others] = files.filter((each) => /\.(dic|dict)$/.test(each));
  if (file === undefined) return undefined;
  const path = join(root, file);
  const words = readDictionary(readText(path), path);
  return {
    words,
    notes: [
      `how words are said: ${file} (${counted(new Set(words.map(({ word }) => word)).size, "word")})`,
      ...others.map((each) => `${each} is left aside: one dictionary is read`),
    ],
  };
}

/** Features that tell nothing of it are taken for these, which is what recognisers compute. */
const FRAMES_PER_SECOND = 100;

/** Reads recordings, all in the way of the first, or of a trained model. */
class Reader {
  /** What makes frames of samples; undefined where frames were read. */
  ears: Hears | undefined;
  frameRate: number;
  private readonly folder: SpeechFolder;
  private readonly features: FeatureName;
  private readonly width: number | undefined;
  private readonly recordings: Recordings;
  /** By file: the list that named it. */
  private readonly read = new Map<string, string>();
  private readonly told: string[] = [];
  private readonly rates = new Map<number, number>();
  private readonly hash = createHash("sha256");

  /**
   * @param hearing of a trained model: what it hears, sound or features, is what is read
   * @param encoder what hears sound; by the features, or as a trained model does, unless told
   */
  constructor(
    folder: SpeechFolder,
    features: FeatureName,
    hearing: Hearing | undefined,
    encoder?: SoundEncoder,
  ) {
    this.folder = folder;
    this.features = features;
    this.ears = encoder ?? (hearing && earsOf(hearing));
    this.width = hearing?.width;
    this.frameRate = hearing?.frameRate ?? FRAMES_PER_SECOND;
    const files = folder.files.filter(isHeard);
    const [computed, sounds] = [files.filter(isOfFeatures), files.filter((file) => !isOfFeatures(file))];
    const needsSound = hearing === undefined ? features !== "cepstra" : this.ears !== undefined;
    const hearsSound = needsSound || (hearing === undefined && sounds.length > 0);
    const [heard, aside] = hearsSound ? [sounds, computed] : [computed, sounds];
    const [kind, other] = hearsSound ? ["recordings", "features"] : ["features", "recordings"];
    const usual = encoder ? "the encoder" : `--features ${features}`;
    const who = hearing ? "the run" : usual;
    if (heard.length === 0 && aside.length > 0)
      throw new VrnnError("data/features", `${who} hears ${kind}, and there are ${other} alone`, {
        at: folder.root,
        remedy: `give ${kind}, or train a run on ${other}${hearing ? "" : ": --features cepstra"}`,
      });
    if (aside.length > 0)
      this.told.push(`${counted(aside.length, "file")} of ${other} left aside: ${kind} are read`);
    this.recordings = new Recordings(heard, folder.root);
  }

  /** @throws VrnnError `data/missing-file`, `data/listed-twice`, and what files that cannot be read throw */
  async framesOf(found: Found): Promise<Frames> {
    const file = this.fileOf(found);
    const before = this.read.get(file);
    if (before !== undefined)
      throw new VrnnError("data/listed-twice", `${file} is listed twice, in ${before} and ${found.list}`, {
        at: this.folder.root,
        remedy: "take one of the lists out of the folder, or the line out of one",
      });
    this.read.set(file, found.list);
    const path = join(this.folder.root, file);
    const bytes = readContent(path);
    this.hash.update(bytes);
    if (!isOfFeatures(file)) return this.heard(await soundIn(bytes, path), path);
    const { frames, notes, period } = parseMfc(bytes, path, this.width);
    this.told.push(...notes);
    if (period !== undefined) this.keepPace(1 / period, path);
    return frames;
  }

  /** The checksum of all files that were read. */
  checksum(): string {
    return this.hash.copy().digest("hex");
  }

  /** The recording itself; undefined where features are kept in its place. @throws VrnnError as `framesOf` */
  async soundOf(found: Found): Promise<ReadSound | undefined> {
    const file = this.fileOf(found);
    if (isOfFeatures(file)) return undefined;
    const path = join(this.folder.root, file);
    return soundIn(readContent(path), path);
  }

  notes(): string[] {
    const rates = [...this.rates].filter(([rate]) => rate !== this.ears?.rate);
    return [
      ...this.told.slice(0, MOST_TOLD),
      ...(this.told.length > MOST_TOLD ? [`${this.told.length - MOST_TOLD} more notes like these`] : []),
      ...rates.map(
        ([rate, count]) =>
          `${counted(count, "recording")} of ${rate} samples a second brought to ${this.ears?.rate}`,
      ),
    ];
  }

  private fileOf({ path, id, list }: Found): string {
    return this.recordings.fileOf(path ?? id, list);
  }

  /** All features have as many frames a second. */
  private keepPace(rate: number, path: string): void {
    const isFirst = this.width === undefined && this.read.size === 1;
    if (isFirst) this.frameRate = rate;
    if (Math.abs(rate - this.frameRate) <= 1e-3 * rate) return;
    const what = `it has ${rate.toFixed(1)} frames a second, and ${this.frameRate.toFixed(1)} were read before`;
    throw new VrnnError("data/frames", what, { at: path, remedy: "compute all features in the same way" });
  }

  private async heard(sound: ReadSound, path: string): Promise<Frames> {
    this.ears ??= earsFor(this.features, sound.rate);
    this.frameRate = this.ears.frameRate;
    this.told.push(...sound.notes);
    this.rates.set(sound.rate, (this.rates.get(sound.rate) ?? 0) + 1);
    return this.ears.frames(samplesAt(this.ears.rate, sound, path), path);
  }
}

const soundIn = async (bytes: Uint8Array, path: string): Promise<ReadSound> =>
  compressedFormat(bytes) === undefined ? decodeWav(bytes, path) : await decodeCompressed(bytes, path);

/** So many notes of single recordings are told. */
const MOST_TOLD = 5;

/** One channel of a recording, the mean of all. `[N]` @param rate samples a second that it is brought to */
const samplesAt = (rate: number, sound: ReadSound, path: string): Float32Array =>
  resample(oneChannel(sound, undefined, path), sound.rate, rate);

/**
 * The samples of a recording, `[N]` from -1 to 1, one channel at some rate.
 *
 * @throws VrnnError `data/missing-file`, `data/wav` and what else files that cannot be read throw
 */
export const readSamples = async (path: string, rate: number): Promise<Float32Array> =>
  samplesAt(rate, await soundIn(readContent(path), path), path);
