import type { Album } from "../album.ts";
import type { ReportContent, TranslationsContent } from "../content.ts";
import { attentionFigure } from "../figures/attention.ts";
import { renderTable } from "../page.ts";
import type { ReportSection } from "../section.ts";
import { formatNumber } from "../words.ts";

/** What the model writes in answer to texts that it has not learned from, and where it looked. */
export const translations: ReportSection = {
  id: "translations",
  content: ({ translations: own }) => (own === undefined ? {} : { translations: own }),
  render,
};

/** So many pictures of where it looked. */
const PICTURES = 3;

function render({ translations: content }: ReportContent, album: Album): ReturnType<ReportSection["render"]> {
  if (content === undefined || content.texts.length === 0) return undefined;
  const pictures = content.texts.flatMap((text, i) =>
    text.attention === undefined ? [] : [{ text, attention: text.attention, name: `attention ${i + 1}` }],
  );
  const figures = pictures.slice(0, PICTURES).map(({ text, attention, name }) =>
    album.add({
      name,
      title: `“${text.source}”`,
      reading:
        "A row for each token that was written, a column for each that was read: the darker, the more it counted.",
      draw: (canvas) => attentionFigure(attention, canvas),
    }),
  );
  return { title: "Translations", lead: leadOf(content), body: `${table(content)}${figures.join("")}` };
}

function leadOf({ split, bleu, chrf, of }: TranslationsContent): string {
  const scores = `BLEU ${formatNumber(bleu, 3)}, chrF ${formatNumber(chrf, 3)} on the first ${of} of them`;
  return `What the model writes of texts of the ${split} split, by a beam of 5: ${scores}.`;
}

const table = ({ texts }: TranslationsContent): string =>
  renderTable(
    [{ title: "Read" }, { title: "Written" }, { title: "By people" }],
    texts.map(({ source, written, reference }) => [source, written, reference]),
  );
