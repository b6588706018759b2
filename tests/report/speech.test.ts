/** What a report shows of speech: what was said and heard, where it went wrong, and recordings that can be played. */
import { expect, test } from "vitest";
import type { ReportContent, SpeechContent } from "../../src/report/content.ts";
import { contentOf, renderReport } from "../../src/report/render.ts";
import { heardOf } from "./example.ts";
import { parseXml } from "./xml.ts";

const rendered = (speech: SpeechContent) => {
  const content = contentOf(
    {
      data: { modality: { name: "text" }, fields: {}, splits: {} as never, notes: [] },
      ...{ units: {}, metrics: [], latents: [], speech },
    },
    { title: "t", subtitle: "s", facts: [] },
  );
  const copy = JSON.parse(JSON.stringify(content)) as ReportContent;
  expect(renderReport(copy)).toEqual(renderReport(content));
  return renderReport(content);
};

const [utterance, unknown] = heardOf().utterances;

test("words that are wrong are marked by what became of them, in words and not in colour alone", () => {
  const { html } = rendered(heardOf());
  expect(html).toContain("<span><span>ONE</span><span>ONE</span></span>");
  expect(html).toContain(
    '<span class="substituted" title="another word heard"><span>NINE</span><span>FIVE</span></span>',
  );
  expect(html).toContain('<span class="deleted" title="not heard"><span>TWO</span><span>–</span></span>');
  expect(html).toContain(
    '<span class="inserted" title="heard and not said"><span>–</span><span>OH</span></span>',
  );
  expect(html).toMatch(/\.deleted>:first-child[^}]*line-through/);
});

test("the rate stands with its interval and what it is made of, and as a tile", () => {
  const { html } = rendered(heardOf());
  expect(html).toContain(
    "Of 5 words, 60 % (95 %: 20 to 90) are wrong: 1 heard as another, 1 not heard, and 1 heard that nobody said; 1 of 2 utterances with an error.",
  );
  expect(html).toContain("<dt>word error rate, the valid split</dt><dd>60 %</dd>");
  expect(html).toContain("<h3>By speaker</h3>");
  expect(html).toContain('<td>NINE</td><td>FIVE</td><td class="number">1</td>');
  expect(html).toContain('<td>–</td><td>OH</td><td class="number">1</td>');
});

test("a recording is played from the page itself, which still loads nothing", () => {
  const { html } = rendered(heardOf());
  expect(html.match(/<audio /g)).toHaveLength(1);
  expect(html).toContain('src="data:audio/wav;base64,UklGRg=="');
  expect(html).toContain("default-src 'none'; img-src data:; media-src data:;");
});

test("each utterance is a picture: bands, and what lies under them in time", () => {
  const { pictures } = rendered(heardOf());
  expect(Object.keys(pictures)).toEqual(["utterance-1.svg", "utterance-2.svg"]);
  const [first, second] = Object.values(pictures) as [string, string];
  for (const picture of [first, second]) expect(() => parseXml(picture)).not.toThrow();
  expect(first).toContain("data:image/png;base64,");
  expect(first).toMatch(/>phones<.*>AH<.*>said<.*>NINE<.*>heard<.*>FIVE<.*another word heard/s);
  expect(second).not.toContain(">said<");
  expect(second).toContain(">YES<");
});

test("words lie where they were said: as far along the picture as along the utterance", () => {
  const { pictures } = rendered(heardOf());
  const bars = parseXml(pictures["utterance-1.svg"]!).filter(
    ({ name, attributes }) => name === "rect" && attributes["height"] === "5",
  );
  const at = bars.slice(4, 7).map(({ attributes }) => Number(attributes["x"])); // after four sounds, what was said
  const [left, wide, seconds] = [64, 940 - 64 - 10, 0.9];
  at.forEach((x, i) => {
    expect(x).toBeCloseTo(left + ((0.1 + i / 5) * wide) / seconds, 0);
  });
});

test("where nobody knows what was said, there are neither rates nor tables", () => {
  const { errors: _, ...heard } = heardOf();
  const { html } = rendered({ ...heard, speakers: [], words: [], confusions: [], utterances: [unknown!] });
  expect(html).toContain("What was said in them is not known.");
  expect(html).not.toContain("word error rate");
  expect(html).not.toContain("<table>");
  expect(html).toContain("<span>YES</span>");
});

test("where nothing went wrong, that is said", () => {
  const { errors, ...heard } = heardOf();
  const right = {
    substitutions: 0,
    deletions: 0,
    insertions: 0,
    rate: 0,
    wrong: 0,
    interval: [0, 0],
  } as const;
  const { html, pictures } = rendered({
    ...{ ...heard, errors: { ...errors!, ...right }, speakers: [], words: [], confusions: [] },
    utterances: [{ ...utterance!, pairs: [{ said: "ONE", heard: "ONE" }] }],
  });
  expect(html).toContain("0 % (95 %: 0 to 0) are wrong");
  expect(html).toContain("No word was heard wrongly.");
  expect(html).not.toContain("<table>");
  expect(pictures["utterance-1.svg"]).not.toContain("another word heard");
});

test("silence, heard as silence, is shown as nothing", () => {
  const { html } = rendered({
    ...heardOf(),
    utterances: [{ ...utterance!, pairs: [], symbols: [], said: [], heard: [] }],
  });
  expect(html).toContain("<span>nothing</span><span>nothing</span>");
});

test("of speech that none was heard of there is no section", () => {
  const { html } = rendered({ ...heardOf(), heard: 0, of: 0, utterances: [] });
  expect(html).not.toContain('id="speech"');
});

test("long tables are cut, and say so", () => {
  const confusions = Array.from({ length: 40 }, (_, i) => ({ said: `W${i}`, heard: "OH", count: 40 - i }));
  const { html } = rendered({ ...heardOf(), confusions });
  expect(html).toContain("the first 15 of 40");
  expect(html).toContain("<td>W14</td>");
  expect(html).not.toContain("<td>W15</td>");
});
