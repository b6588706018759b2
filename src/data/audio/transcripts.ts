/** What was said in which recording: lists of transcripts as recognisers and data sets have them, as text. */
import { VrnnError } from "../../errors.ts";
import { counted, listed } from "../../words/figures.ts";
import type { SplitName } from "../dataset.ts";
import { splitCalled } from "../split-names.ts";
import { dialectOf } from "../tables/dialect.ts";
import { parseRows, type Row, refuseRagged } from "../tables/rows.ts";

/** A recording and its words. */
export interface Utterance {
  /** Unlike all others of its list. */
  readonly id: string;
  /** Where the recording is, as the list says: relative to a folder that it does not know, with or without its ending. */
  readonly path?: string;
  readonly speaker?: string;
  readonly split?: SplitName;
  /** Empty where nothing was said. */
  readonly text: string;
}

/** A text file and what it is called. */
export interface NamedText {
  readonly text: string;
  readonly file: string;
}

interface Line {
  readonly text: string;
  readonly at: string;
}

/** Lines that are not blank, without the blanks around them. */
const linesOf = ({ text, file }: NamedText): Line[] =>
  text
    .replace(/^\uFEFF/, "")
    .split(/\r\n|\r|\n/)
    .map((line, i) => ({ text: line.trim(), at: `${file}:${i + 1}` }))
    .filter((line) => line.text !== "");

/**
 * The transcripts of CMU Sphinx, a line each: words, maybe between `<s>` and `</s>`, and the name of the recording in brackets.
 * A list of paths (`fileids`) says where recordings are; a name is what stands behind the last slash, a speaker the folder
 * above it. Where a name occurs more than once, lines of both lists belong together in their order.
 *
 * @throws VrnnError `data/transcript` with the line that has no name, or names one twice, or that no path belongs to
 * @example
 * parseCmu({ text: "<s> YES </s> (an251-fash-b)", file: "an4.transcription" }); // [{ id: "an251-fash-b", text: "YES" }]
 */
export function parseCmu(transcription: NamedText, fileids?: NamedText): Utterance[] {
  const spoken = linesOf(transcription).map(cmuLine);
  if (fileids === undefined) return unique(spoken);
  const paths = linesOf(fileids);
  const places = new Map(paths.map(({ text }) => [nameOf(text), text]));
  if (places.size < paths.length) return unique(inOrder(spoken, paths, fileids.file));
  const known = new Set(spoken.map(({ id }) => id));
  const silent = paths.find(({ text }) => !known.has(nameOf(text)) && !known.has(text));
  if (silent !== undefined) throw refused(`"${silent.text}" has no transcript`, silent.at, "add its line");
  return unique(spoken).map(({ id, text }, i) => {
    const path = places.get(nameOf(id));
    if (path === undefined)
      throw refused(`"${id}" is not in ${fileids.file}`, spoken[i]!.at, "add its path, or leave it out");
    return { id, path, ...speakerOf(path), text };
  });
}

type Placed<Item> = Item & { readonly at: string };

const CMU_LINE = /^(.*)\(([^()]+)\)$/;

function cmuLine({ text, at }: Line): Placed<Utterance> {
  const match = CMU_LINE.exec(text);
  if (match === null)
    throw refused(
      "the line does not end with a name in brackets",
      at,
      "write: words (name of the recording)",
    );
  const words = match[1]!.split(/\s+/).filter((word) => word !== "" && word !== "<s>" && word !== "</s>");
  return { id: match[2]!.trim(), text: words.join(" "), at };
}

/** Lists of which names repeat: as many lines, of the same names. */
function inOrder(
  spoken: readonly Placed<Utterance>[],
  paths: readonly Line[],
  file: string,
): Placed<Utterance>[] {
  if (spoken.length !== paths.length) {
    const told = `${file} has ${counted(paths.length, "line")}, the transcripts ${spoken.length}`;
    throw refused(told, file, "give a path for each transcript");
  }
  return spoken.map(({ id, text, at }, i) => {
    const path = paths[i]!.text;
    if (nameOf(path) !== nameOf(id))
      throw refused(`"${id}" stands beside "${path}"`, at, "put both lists in one order");
    return { id: path, path, ...speakerOf(path), text, at };
  });
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

function speakerOf(path: string): { readonly speaker?: string } {
  const folders = path.split("/").slice(0, -1);
  const last = folders.at(-1);
  return last === undefined || last === "" || last === "." || last === ".." ? {} : { speaker: last };
}

/** What columns of a manifest are called. */
const COLUMNS = {
  path: ["path", "file", "filename", "file_name", "audio", "wav", "wav_filename", "audio_filepath"],
  text: ["text", "transcript", "transcription", "sentence", "normalized_text"],
  id: ["id", "utt_id", "utterance"],
  speaker: ["speaker", "speaker_id", "client_id", "spk"],
  split: ["split", "subset"],
} as const;

type ColumnName = keyof typeof COLUMNS;

/**
 * A table of recordings: columns `path` and `text`, and maybe `id`, `speaker` and `split`, in any order, with a header; other
 * columns are passed over. An id is the path unless told. What is between fields is seen from the file.
 *
 * @param options `needsText`: whether there has to be a column of what was said; so unless told
 * @throws VrnnError `data/transcript` when a column is not there, with the line of an empty path, of an id that occurs twice or of
 * a split of another name; `data/csv`, `data/ragged-row`, `data/empty-file`
 * @example
 * parseManifest({ text: "path,text\na.wav,one two\n", file: "train.csv" }); // [{ id: "a.wav", path: "a.wav", text: "one two" }]
 */
export function parseManifest({ text, file }: NamedText, { needsText = true } = {}): Utterance[] {
  const dialect = dialectOf(text.replace(/^\uFEFF/, ""), file);
  const [header, ...rows] = parseRows(dialect.text, file, dialect.delimiter, dialect.firstLine);
  const names = header!.fields.map((name) => name.trim().toLowerCase());
  const placeOf = (column: ColumnName) =>
    names.findIndex((name) => (COLUMNS[column] as readonly string[]).includes(name));
  for (const column of ["path", "text"] as const)
    if (placeOf(column) < 0 && (needsText || column === "path"))
      throw refused(
        `there is no column of ${column} among ${listed(
          header!.fields.map((name) => `"${name}"`),
          6,
        )}`,
        `${file}:${header!.line}`,
        `name one "${column}"`,
      );
  const fieldOf = (column: ColumnName) => {
    const place = placeOf(column);
    return ({ fields }: Row): string | undefined =>
      (place < 0 ? undefined : fields[place]?.trim()) || undefined;
  };
  const read = {
    path: fieldOf("path"),
    text: fieldOf("text"),
    id: fieldOf("id"),
    speaker: fieldOf("speaker"),
  };
  const splitOf = fieldOf("split");
  return unique(
    rows.map((row) => {
      refuseRagged(row, header!.fields, file);
      const at = `${file}:${row.line}`;
      const path = read.path(row);
      if (path === undefined) throw refused("the path is empty", at, "fill it in, or remove the line");
      const [speaker, split] = [read.speaker(row), splitNamed(splitOf(row), at)];
      return {
        id: read.id(row) ?? path,
        path,
        ...(speaker !== undefined && { speaker }),
        ...(split !== undefined && { split }),
        text: read.text(row) ?? "",
        at,
      };
    }),
  );
}

function splitNamed(name: string | undefined, at: string): SplitName | undefined {
  const split = name === undefined ? undefined : splitCalled(name);
  if (name !== undefined && split === undefined)
    throw refused(`"${name}" is no split`, at, "call it train, valid or test");
  return split;
}

/** The files of a folder of Kaldi's. */
export interface KaldiFiles {
  readonly text: NamedText;
  readonly wavScp?: NamedText | undefined;
  readonly utt2spk?: NamedText | undefined;
}

/**
 * Kaldi's lists, in each of which a line begins with the id of an utterance: `text` goes on with its words, `wav.scp` with the
 * path of its recording, `utt2spk` with its speaker.
 *
 * @throws VrnnError `data/transcript` with the line of an id that occurs twice, has no recording or speaker, or whose recording is
 * the output of a command
 * @example
 * parseKaldi({ text: { text: "a1 ONE TWO\n", file: "text" } }); // [{ id: "a1", text: "ONE TWO" }]
 */
export function parseKaldi({ text, wavScp, utt2spk }: KaldiFiles): Utterance[] {
  const paths = wavScp && byId(wavScp);
  const speakers = utt2spk && byId(utt2spk);
  return unique(
    linesOf(text).map((line) => {
      const [id, words] = headed(line);
      const path = paths && found(paths, id, line.at, wavScp.file);
      const speaker = speakers && found(speakers, id, line.at, utt2spk.file);
      if (path !== undefined && /\|$|^-$/.test(path.rest))
        throw refused(
          `the recording of "${id}" is what a command writes`,
          path.at,
          "give the path of a file",
        );
      return {
        id,
        ...(path !== undefined && { path: path.rest }),
        ...(speaker !== undefined && { speaker: speaker.rest }),
        text: words.split(/\s+/).join(" "),
        at: line.at,
      };
    }),
  );
}

interface Entry {
  readonly rest: string;
  readonly at: string;
}

function byId(list: NamedText): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  for (const line of linesOf(list)) {
    const [id, rest] = headed(line);
    if (entries.has(id)) throw twice(id, line.at);
    if (rest === "")
      throw refused(`there is nothing behind "${id}"`, line.at, "fill it in, or remove the line");
    entries.set(id, { rest, at: line.at });
  }
  return entries;
}

function found(entries: ReadonlyMap<string, Entry>, id: string, at: string, file: string): Entry {
  const entry = entries.get(id);
  if (entry === undefined) throw refused(`"${id}" is not in ${file}`, at, "add its line, or leave it out");
  return entry;
}

function headed({ text }: Line): [id: string, rest: string] {
  const end = text.search(/\s/);
  return end < 0 ? [text, ""] : [text.slice(0, end), text.slice(end).trim()];
}

/** Utterances without their places, which no two have the id of. */
function unique(utterances: readonly Placed<Utterance>[]): Utterance[] {
  const known = new Set<string>();
  return utterances.map(({ at, ...utterance }) => {
    if (known.has(utterance.id)) throw twice(utterance.id, at);
    known.add(utterance.id);
    return utterance;
  });
}

const twice = (id: string, at: string): VrnnError =>
  refused(`"${id}" occurs a second time`, at, "give each recording a name of its own");

const refused = (what: string, at: string, remedy: string): VrnnError =>
  new VrnnError("data/transcript", what, { at, remedy });
