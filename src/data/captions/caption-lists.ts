/** Lists of what people say of pictures, as data sets have them. */
import { groupBy } from "../../collections.ts";
import { VrnnError } from "../../errors.ts";
import { counted } from "../../words/figures.ts";
import type { NamedText } from "../audio/transcripts.ts";
import type { SplitName } from "../dataset.ts";
import { splitCalled } from "../split-names.ts";
import { dialectOf } from "../tables/dialect.ts";
import { parseJson } from "../tables/json-text.ts";
import { parseRows, refuseRagged } from "../tables/rows.ts";
import { captionWords } from "./caption-words.ts";

/** A picture and what people say of it. */
export interface CaptionedPicture {
  /** Where it is, as the list says: relative to a folder that it does not know. */
  readonly path: string;
  readonly captions: readonly string[];
  /** What it shows, where that is told. */
  readonly level?: string | undefined;
  readonly split?: SplitName | undefined;
}

/** The pictures of a list, and what of it was left out. */
export interface CaptionList {
  readonly pictures: readonly CaptionedPicture[];
  readonly notes: readonly string[];
}

/** What paths, captions, classes and splits are called. */
const NAMES = {
  path: ["path", "file", "filename", "file_name", "image", "picture"],
  caption: ["caption", "captions", "sentences", "text", "sentence", "raw"],
  level: ["class", "cls", "label", "category"],
  split: ["split", "subset"],
} as const;

type Named = Readonly<Record<string, unknown>>;

/** What Karpathy's lists of COCO add to the training split. */
const REST = "restval";

/**
 * The captions of JSON: a list of pictures, or one under `images`, each with its path (`filename`, maybe below a `filepath`), maybe
 * `class` and `split`, and `captions` or `sentences`, texts or objects with `raw` or `tokens` (Karpathy and Fei-Fei 2015);
 * or those of COCO, which stand beside the pictures under `annotations`.
 *
 * @throws VrnnError `data/captions` with the place of what is no picture
 * @example
 * parseCaptionJson({ text: '[{"file": "1.jpg", "captions": ["A dog."]}]', file: "captions.json" });
 * // { pictures: [{ path: "1.jpg", captions: ["A dog."] }], notes: [] }
 */
export function parseCaptionJson({ text, file }: NamedText): CaptionList {
  const content = parseJson(text, file);
  const { images, annotations } = isNamed(content) ? content : { images: content, annotations: undefined };
  if (!Array.isArray(images)) throw refused("it holds no list of pictures", file, 'write {"images": [...]}');
  const beside = Array.isArray(annotations)
    ? groupBy(annotations.filter(isNamed), (each) => each["image_id"])
    : undefined;
  const pictures = images.map((image: unknown, i): CaptionedPicture => {
    const at = `${file}, picture ${i + 1}`;
    if (!isNamed(image)) throw refused("it is no object", at, "write its path and its captions");
    const path = textIn(image, "path", at);
    if (path === undefined) throw refused("its path is missing", at, 'write it as "filename"');
    const folder = image["filepath"];
    const said = beside?.get(image["id"]) ?? own(image, "caption") ?? [];
    beside?.delete(image["id"]);
    return {
      path: typeof folder === "string" && folder !== "" ? `${folder}/${path}` : path,
      captions: captionsIn(said, at),
      level: textIn(image, "level", at),
      split: splitNamed(textIn(image, "split", at), at),
    };
  });
  return listOf(pictures, [...(beside?.values() ?? [])].flat().length);
}

/** A list without the captions that say nothing. @param strays how many captions are of no picture of the list */
function listOf(all: readonly CaptionedPicture[], strays: number): CaptionList {
  const isSaid = (caption: string) => captionWords(caption).length > 0;
  const pictures = all.map((each) => ({ ...each, captions: each.captions.filter(isSaid) }));
  const countOf = (list: readonly CaptionedPicture[]) =>
    list.reduce((sum, { captions }) => sum + captions.length, 0);
  const empty = countOf(all) - countOf(pictures);
  return {
    pictures,
    notes: [
      ...(empty > 0 ? [`${counted(empty, "caption")} without words left out`] : []),
      ...(strays > 0 ? [`${counted(strays, "caption")} of pictures that are not in the list left out`] : []),
    ],
  };
}

const isNamed = (value: unknown): value is Named =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What stands under the first name that there is. */
function own(from: Named, what: keyof typeof NAMES): unknown {
  const name = NAMES[what].find((each) => Object.hasOwn(from, each));
  return name === undefined ? undefined : from[name];
}

/** @throws VrnnError `data/captions` for what is neither text nor number */
function textIn(from: Named, what: keyof typeof WORDS, at: string): string | undefined {
  const found = own(from, what);
  if (found === undefined || found === null || found === "") return undefined;
  if (typeof found === "string" || typeof found === "number") return String(found);
  throw refused(`its ${WORDS[what]} is no text`, at, "write it as a text");
}

/** What parts of an entry are called. */
const WORDS = { path: "path", level: "class", split: "split" } as const;

/** @throws VrnnError `data/captions` for what is no text */
function captionsIn(said: unknown, at: string): string[] {
  return (Array.isArray(said) ? said : [said]).map((each: unknown) => {
    const words = isNamed(each) ? (own(each, "caption") ?? each["tokens"]) : each;
    if (typeof words === "string") return words;
    if (Array.isArray(words) && words.every((word) => typeof word === "string")) return words.join(" ");
    throw refused("a caption is no text", at, 'write captions as texts, or as {"raw": "..."}');
  });
}

/** @throws VrnnError `data/captions` */
function splitNamed(name: string | undefined, at: string): SplitName | undefined {
  if (name === undefined) return undefined;
  const split = name === REST ? "train" : splitCalled(name);
  if (split !== undefined) return split;
  throw refused(`"${name}" is no split`, at, "write train, valid or test");
}

const refused = (what: string, at: string, remedy: string): VrnnError =>
  new VrnnError("data/captions", what, { at, remedy });

/**
 * The captions of a table: a row for each, with the columns `path` and `caption`, and maybe `class` and `split`; a picture may
 * have several rows.
 *
 * @throws VrnnError `data/captions` with the line of what is missing or contradicts an earlier row, `data/csv`, `data/ragged-row`
 * @example
 * parseCaptionTable({ text: "path,caption\n1.jpg,a dog\n1.jpg,an animal\n", file: "captions.csv" });
 * // { pictures: [{ path: "1.jpg", captions: ["a dog", "an animal"] }], notes: [] }
 */
export function parseCaptionTable({ text, file }: NamedText): CaptionList {
  const dialect = dialectOf(text.replace(/^\uFEFF/, ""), file);
  const [header, ...rows] = parseRows(dialect.text, file, dialect.delimiter, dialect.firstLine);
  const names = header!.fields.map((name) => name.trim().toLowerCase());
  for (const what of ["path", "caption"] as const)
    if (!names.some((name) => (NAMES[what] as readonly string[]).includes(name)))
      throw refused(`there is no column of ${what}`, `${file}:${header!.line}`, `name one "${what}"`);
  const pictures = new Map<string, CaptionedPicture & { readonly captions: string[] }>();
  for (const row of rows) {
    refuseRagged(row, header!.fields, file);
    const at = `${file}:${row.line}`;
    const cells: Named = Object.fromEntries(names.map((name, i) => [name, row.fields[i]!.trim()]));
    const path = textIn(cells, "path", at);
    if (path === undefined) throw refused("the path is empty", at, "fill it in, or remove the line");
    const [level, split] = [textIn(cells, "level", at), splitNamed(textIn(cells, "split", at), at)];
    const before = pictures.get(path) ?? { path, captions: [], level, split };
    if (before.level !== level || before.split !== split)
      throw refused(`"${path}" had another class or split before`, at, "give a picture one of each");
    before.captions.push(own(cells, "caption") as string);
    pictures.set(path, before);
  }
  return listOf([...pictures.values()], 0);
}
