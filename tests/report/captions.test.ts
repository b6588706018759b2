/** What a report shows of captioned pictures. */
import { decode } from "fast-png";
import { expect, test } from "vitest";
import { lookedMask, lookedPng } from "../../src/data/images/looked.ts";
import type { Album } from "../../src/report/album.ts";
import type { CaptionedContent, ReportContent } from "../../src/report/content.ts";
import { captions } from "../../src/report/sections/captions.ts";

const picture: CaptionedContent = {
  ...{ name: "a<b>.png", png: "UE5H", width: 32, height: 16, logProbability: -2.345 },
  words: [
    { word: "a", mask: "QQ==" },
    { word: "<b>", mask: "Qg==" },
  ],
  references: ["one & two", "three"],
};

const rendered = (pictures: readonly CaptionedContent[], of: number) =>
  captions.render({ captions: { split: "valid", of, pictures } } as unknown as ReportContent, {} as Album);

test("each word has its map over the picture, which stands in the page once", () => {
  const { body, lead } = rendered([picture], 1)!;
  expect(body.match(/UE5H/g)).toHaveLength(1);
  expect(body.match(/class="seen"/g)).toHaveLength(3);
  expect(body).toContain('“a &lt;b&gt;” <span class="muted">log p −2.35</span>');
  expect(body).toContain("a&lt;b&gt;.png; by people:<ul><li>one &amp; two</li><li>three</li></ul>");
  expect(body).not.toMatch(/<b>/);
  expect(lead).not.toContain("left out");
});

test("the class that is told stands there, and the true one where it is another", () => {
  const told = { name: "harbor", probability: 0.876 };
  expect(rendered([{ ...picture, told, class: "harbor" }], 1)!.body).toMatch(/>harbor, 88.%</);
  expect(rendered([{ ...picture, told, class: "river" }], 1)!.body).toMatch(/>harbor, 88.% \(is river\)</);
});

test("how many are left out is said, and where there is none there is no section", () => {
  expect(rendered([picture], 2)!.lead).toMatch(/1 more picture of it is left out\.$/);
  expect(rendered([picture, picture], 210)!.lead).toMatch(/208 more pictures of it are left out\.$/);
  expect(rendered([], 0)).toBeUndefined();
});

test("a mask takes from a white picture as much light as the strip of maps does", () => {
  const [width, height] = [64, 32];
  const shares = Float64Array.of(0.05, 0.1, 0.15, 0.2, 0, 0.1, 0.25, 0.15);
  const mask = decode(lookedMask(shares, { width, height }));
  expect([mask.width, mask.height]).toEqual([4, 2]);
  const strip = decode(lookedPng(new Uint8Array(width * height).fill(255), [height, width, 1], [shares]));
  for (let place = 0; place < 8; place++) {
    const [x, y] = [16 * (place % 4) + 5, 16 * Math.floor(place / 4) + 5];
    const shade = strip.data[(1 + y) * strip.width + (1 + width + 1 + x)]!;
    expect(Math.abs(255 - mask.data[2 * place + 1]! - shade)).toBeLessThanOrEqual(1);
    expect(mask.data[2 * place]).toBe(0);
  }
});
