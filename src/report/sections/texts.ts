import { Tokenizer } from "../../data/text/vocabulary.ts";
import type { ReportContent, TextsContent } from "../content.ts";
import type { ReportSection, TextStudy } from "../section.ts";
import { escapeText } from "../words.ts";

/** What the model writes, beside what is real. */
export const texts: ReportSection = {
  id: "texts",
  content: ({ text }) => (text === undefined ? {} : { texts: textsOf(text) }),
  render,
};

/** Tokens of the real text that stands beside. */
const REAL = 300;

function render({ texts: content }: ReportContent): ReturnType<ReportSection["render"]> {
  if (content === undefined || content.sampled.length === 0) return undefined;
  const { real, sampled } = content;
  const figures = [
    ...sampled.map((text, i) => textFigure(sampled.length > 1 ? `Written ${i + 1}` : "Written", text)),
    textFigure("Real", real),
  ];
  return {
    title: "Writing",
    lead: "What the model writes when nothing is given to it, and what is real.",
    body: figures.join(""),
  };
}

const textFigure = (title: string, text: string): string =>
  `<h3>${escapeText(title)}</h3><p class="text">${escapeText(text)}</p>`;

function textsOf({ vocabulary, ids, sampled }: TextStudy): TextsContent {
  return { real: new Tokenizer(vocabulary).decode(ids.subarray(0, REAL)), sampled };
}
