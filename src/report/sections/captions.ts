import { counted } from "../../words/figures.ts";
import type { Album } from "../album.ts";
import type { CaptionedContent, CaptionsContent, ReportContent } from "../content.ts";
import type { ReportSection } from "../section.ts";
import { escapeText, formatNumber, formatShare } from "../words.ts";

/** What the model says of pictures that it has not learned from, what people say, and where it looked for each word. */
export const captions: ReportSection = {
  id: "captions",
  content: ({ captions: own }) => (own === undefined ? {} : { captions: own }),
  render,
};

function render({ captions: content }: ReportContent, _: Album): ReturnType<ReportSection["render"]> {
  if (content === undefined || content.pictures.length === 0) return undefined;
  return { title: "Captions", lead: leadOf(content), body: content.pictures.map(figureOf).join("") };
}

function leadOf({ split, of, pictures }: CaptionsContent): string {
  const left = of - pictures.length;
  const rest =
    left > 0 ? ` ${counted(left, "more picture")} of it ${left === 1 ? "is" : "are"} left out.` : "";
  const isMapped = pictures.some(({ words }) => words.some(({ mask }) => mask !== undefined));
  const maps = isMapped
    ? " For each word the picture is shown once more: what was looked at stays bright."
    : "";
  return `What the model says of ${counted(pictures.length, "picture")} of the ${split} split, by a beam of 5.${maps}${rest}`;
}

const dataUrl = (png: string): string => `data:image/png;base64,${escapeText(png)}`;

function figureOf(picture: CaptionedContent): string {
  const { name, png, width, height, words, logProbability, references } = picture;
  // The picture stands in the page once, and behind each of its maps.
  const style = `--seen:url(${dataUrl(png)});--shape:${width}/${height}`;
  const seen = (mask: string, word: string) =>
    `<span><span class="seen" style="background-image:var(--seen);aspect-ratio:var(--shape)">${mask}</span>${word}</span>`;
  const maps = words.flatMap(({ word, mask }) =>
    mask === undefined ? [] : [seen(`<img src="${dataUrl(mask)}" alt="">`, escapeText(word))],
  );
  const caption = words.map(({ word }) => word).join(" ") || "nothing";
  const people = references.map((text) => `<li>${escapeText(text)}</li>`).join("");
  return (
    `<figure style="${style}"><h3>“${escapeText(caption)}” <span class="muted">log p ${formatNumber(logProbability, 3)}</span></h3>` +
    `<p class="said">${seen("", `<span class="muted">${escapeText(classWords(picture))}</span>`)}${maps.join("")}</p>` +
    `<figcaption>${escapeText(name)}; by people:<ul>${people}</ul></figcaption></figure>`
  );
}

/** What the picture is taken for, and what it is where that is something else. */
function classWords({ told, class: own }: CaptionedContent): string {
  if (told === undefined) return own ?? "";
  const taken = `${told.name}, ${formatShare(told.probability, 2)}`;
  return own === undefined || own === told.name ? taken : `${taken} (is ${own})`;
}
