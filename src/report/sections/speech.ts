import { counted } from "../../words/figures.ts";
import type { Album } from "../album.ts";
import type { ReportContent, SpeechContent, UtteranceContent, WordErrorContent } from "../content.ts";
import { alignmentFigure, outcomeOf, outcomeWords } from "../figures/alignment.ts";
import { renderTable } from "../page.ts";
import type { ReportSection } from "../section.ts";
import { escapeText, formatNumber } from "../words.ts";

/** What the model hears in speech that it has not learned from, and where it goes wrong. */
export const speech: ReportSection = {
  id: "speech",
  content: ({ speech: own }) => (own === undefined ? {} : { speech: own }),
  render,
};

/** So many rows of a table are shown. */
const ROWS = 15;

function render({ speech: content }: ReportContent, album: Album): ReturnType<ReportSection["render"]> {
  if (content === undefined || content.heard === 0) return undefined;
  const utterances = content.utterances.map((own, i) => utteranceMarkup(own, i, content.symbols, album));
  const tables = [speakerTable(content), wordTable(content), confusionTable(content)];
  return { title: "Speech", lead: leadOf(content), body: [...utterances, ...tables].join("") };
}

function leadOf({ source, heard, of, errors, utterances }: SpeechContent): string {
  const which = heard < of ? `the first ${heard} of ${of} utterances` : counted(heard, "utterance");
  const what = `What the model hears in ${which} of ${source}.`;
  if (errors === undefined) return `${what} What was said in them is not known.`;
  const shown =
    errors.wrong === 0
      ? "No word was heard wrongly."
      : utterances.length < heard
        ? "Those with the most errors stand here."
        : "Those with the most errors stand first.";
  return `${what} ${rateWords(errors)} ${shown}`;
}

function rateWords({
  rate,
  interval,
  words,
  substitutions,
  deletions,
  insertions,
  utterances,
  wrong,
}: WordErrorContent): string {
  if (words === 0) return `Nothing was said in them, and ${counted(insertions, "word")} heard.`;
  const range =
    interval === null ? "" : ` (95 %: ${interval.map((end) => formatNumber(end, 3)).join(" to ")})`;
  return `Of ${counted(words, "word")}, ${formatNumber(rate, 3)} %${range} are wrong: ${substitutions} heard as another, ${deletions} not heard, and ${insertions} heard that nobody said; ${wrong} of ${counted(utterances, "utterance")} with an error.`;
}

function utteranceMarkup(utterance: UtteranceContent, index: number, symbols: string, album: Album): string {
  const { name, speaker, wav } = utterance;
  const title = speaker === undefined || name.includes(speaker) ? name : `${name}, by ${speaker}`;
  const figure = album.add({
    name: `utterance ${index + 1}`,
    title,
    reading: readingOf(utterance, symbols),
    draw: (canvas) => alignmentFigure(utterance, symbols, canvas),
  });
  const player =
    wav === undefined
      ? ""
      : `<audio controls="" preload="none" aria-label="${escapeText(title)}" src="data:audio/wav;base64,${escapeText(wav)}"></audio>`;
  // What belongs to a figure stands in it, before its caption.
  return figure.replace("<figcaption>", () => `${wordsMarkup(utterance)}${player}<figcaption>`);
}

function readingOf({ spectrum, symbols }: UtteranceContent, label: string): string {
  const { centresHz, isSmooth } = spectrum;
  const smooth = isSmooth ? " (smooth, as they were made of cepstra)" : "";
  const rows =
    centresHz === undefined && !isSmooth
      ? "The numbers of each frame: the lighter, the more."
      : `Low bands at the foot${smooth}: the lighter, the louder.`;
  return symbols === undefined
    ? rows
    : `${rows} The ${label} and words that were said lie where they fit best: about when they have been heard, not when they begin.`;
}

/** What was said above what was heard, word by word. */
function wordsMarkup({ pairs, heard }: UtteranceContent): string {
  if (pairs === undefined) {
    const words = heard.map(({ text }) => text).join(" ");
    return `<p class="pairs"><span><span class="muted">heard</span></span> <span>${escapeText(words || "nothing")}</span></p>`;
  }
  const words = pairs.map((pair) => {
    const outcome = outcomeOf(pair);
    const mark = outcome === "right" ? "" : ` class="${outcome}" title="${outcomeWords[outcome]}"`;
    return `<span${mark}><span>${escapeText(pair.said ?? "–")}</span><span>${escapeText(pair.heard ?? "–")}</span></span>`;
  });
  const none = pairs.length === 0 ? "<span><span>nothing</span><span>nothing</span></span>" : "";
  return `<p class="pairs"><span class="muted"><span>said</span><span>heard</span></span>${words.join("")}${none}</p>`;
}

function speakerTable({ speakers }: SpeechContent): string {
  if (speakers.length < 2) return "";
  const rows = speakers.map(({ speaker, utterances, words, rate, interval }) => [
    speaker,
    String(utterances),
    String(words),
    formatNumber(rate, 3),
    interval === null ? "–" : interval.map((end) => formatNumber(end, 3)).join(" to "),
  ]);
  return table("By speaker", rows, [
    { title: "Speaker" },
    { title: "Utterances", isNumber: true },
    { title: "Words", isNumber: true },
    { title: "Wrong, %", isNumber: true },
    { title: "95 %", isNumber: true },
  ]);
}

const wordTable = ({ words }: SpeechContent): string =>
  table(
    "By word",
    words.map(({ word, said, missed, wrongly }) => [word, String(said), String(missed), String(wrongly)]),
    [
      { title: "Word" },
      { title: "Said", isNumber: true },
      { title: "Not heard, or as another", isNumber: true },
      { title: "Heard and not said", isNumber: true },
    ],
  );

const confusionTable = ({ confusions }: SpeechContent): string =>
  table(
    "Confusions",
    confusions.map(({ said, heard, count }) => [said ?? "–", heard ?? "–", String(count)]),
    [{ title: "Said" }, { title: "Heard" }, { title: "Times", isNumber: true }],
  );

function table(
  title: string,
  rows: readonly (readonly string[])[],
  columns: Parameters<typeof renderTable>[0],
): string {
  if (rows.length === 0) return "";
  const more = rows.length > ROWS ? ` <span class="muted">the first ${ROWS} of ${rows.length}</span>` : "";
  return `<h3>${title}${more}</h3>${renderTable(columns, rows.slice(0, ROWS))}`;
}
