import { tokenNouns } from "../../data/text/names.ts";
import { END, Tokenizer } from "../../data/text/vocabulary.ts";
import type { ReadingContent, ReadToken, ReportContent, Surprise } from "../content.ts";
import { renderTable } from "../page.ts";
import type { ReportSection, TextStudy } from "../section.ts";
import { shadeOf, shadesFrom } from "../surprise.ts";
import { escapeText, formatNumber, formatShare } from "../words.ts";

/** A text as the model reads it: each token shaded by its surprise, and those that it expected least. */
export const reading: ReportSection = {
  id: "reading",
  content: ({ text }) => (text === undefined ? {} : { reading: readingOf(text) }),
  render,
};

/** Tokens of the excerpt: what a reader takes in. */
const SHOWN = 1200;
const MOST_SURPRISES = 12;
/** Tokens that are shown before a surprise. */
const CONTEXT = { characters: 24, bytes: 24, words: 6, subwords: 8 } as const;

function render({ reading: content }: ReportContent): ReturnType<ReportSection["render"]> {
  if (content === undefined || content.tokens.length === 0) return undefined;
  const { unit, split, tokens, shades, klShare } = content;
  const share =
    klShare === null
      ? "The model has no latent variables."
      : `Of all its nats ${formatShare(klShare)} are divergence (KL): what the latent variables say of a ${unit} beyond what could be predicted.`;
  return {
    title: "Reading",
    lead: `The beginning of the ${split} split. The darker a ${unit}, the less the model expected it after all that stands before. ${share}`,
    body: `${legend(shades)}<p class="text">${tokens.map((token) => tokenMarkup(token, shades)).join("")}</p>${surpriseTable(content)}`,
  };
}

function tokenMarkup({ text, nats }: ReadToken, shades: readonly number[]): string {
  const shade = shadeOf(nats, shades);
  return shade === 0 ? escapeText(text) : `<span class="s${shade}">${escapeText(text)}</span>`;
}

const legend = (shades: readonly number[]): string =>
  `<p>Surprise in nats: ${shades
    .map((from, i) => `<span class="s${i + 1}">from ${formatNumber(from)}</span>`)
    .join(" ")}</p>`;

function surpriseTable({ surprises, unit, shades }: ReadingContent): string {
  const columns = [
    { title: "Before it" },
    { title: `Unexpected ${unit}` },
    { title: "Likelier there" },
    { title: "Nats", isNumber: true },
  ];
  const rows = surprises.map(({ before, text, expected, nats }) => [
    { markup: `<span class="text">${escapeText(before)}</span>` },
    { markup: tokenMarkup({ text, nats }, shades) },
    expected,
    formatNumber(nats, 3),
  ]);
  return renderTable(columns, rows);
}

function readingOf({ vocabulary, split, ids, scores, isLatent }: TextStudy): ReadingContent {
  const tokenizer = new Tokenizer(vocabulary);
  const { unit } = vocabulary;
  const nats = scores.total.map((bound) => -bound);
  const sum = (values: Float64Array) => values.reduce((all, value) => all + value, 0);
  const written = Array.from(ids, (id) => textOf(tokenizer, id));
  const dearest = Array.from(nats.keys())
    .sort((a, b) => nats[b]! - nats[a]!)
    .slice(0, MOST_SURPRISES);
  const surpriseAt = (t: number): Surprise => ({
    before: written
      .slice(Math.max(0, t - CONTEXT[unit]), t)
      .join("")
      .replaceAll("\n", " "),
    text: visible(tokenizer.spell(ids[t]!)),
    expected: visible(tokenizer.spell(scores.emissionMean[t]!)),
    nats: nats[t]!,
  });
  return {
    unit: tokenNouns[unit],
    split,
    tokens: written.slice(0, SHOWN).map((text, t) => ({ text, nats: nats[t]! })),
    shades: shadesFrom[unit],
    surprises: dearest.map(surpriseAt),
    klShare: isLatent ? sum(scores.kl) / sum(nats) : null,
  };
}

/** A token as it stands in a text: words a space apart, an end as a line of its own. */
function textOf(tokenizer: Tokenizer, id: number): string {
  if (id === END) return "\n";
  return tokenizer.vocabulary.unit === "words" ? `${tokenizer.spell(id)} ` : tokenizer.spell(id);
}

/** What would not be seen in a cell. */
const MARKS: Readonly<Record<string, string>> = { " ": "(space)", "\n": "(line feed)", "\t": "(tab)" };

const visible = (token: string): string => MARKS[token] ?? token;
