import { describe, expect, test } from "vitest";
import type { ReportContent } from "../../src/report/content.ts";
import { renderReport } from "../../src/report/render.ts";
import { excerptOf, fullContent, rollOf, walk } from "./example.ts";
import { parseXml, type Tag } from "./xml.ts";
import "../slow.ts";

const HOSTILE = [
  `<script>alert(1)</script>`,
  `"><img src="http://evil.example/x" onerror="alert(1)">`,
  `' onload='alert(1)' x='`,
  `</style></title></svg><svg onload=alert(1)>`,
  `]]><!-- & &amp; &#0; <!DOCTYPE x>`,
  `a\u0000b\u0008c\ud800d\uffffe`,
  `abc\u202efdp.exe`,
  `../../../etc/passwd`,
  `var(--found)" fill="url(http://evil.example/#a)`,
  `= 1.23456 d="M1.23456,2L3.45678,9"`,
  "a very long name ".repeat(200),
  "",
  "__proto__",
];

const VOID = /<(meta|link|img|br|hr|input)\b([^>]*)>/g;

/** The tags of the page: what we write is XML but for the doctype and the tags that HTML never closes. */
function tagsOf(html: string): Tag[] {
  const body = html.replace(/^<!doctype html>\n/, "").replace(VOID, "<$1$2/>");
  return parseXml(body.replace(/<details open>/g, '<details open="">'));
}

const ALLOWED = new Set(
  (
    "html head meta title style body header main footer section nav h1 h2 h3 p a dl dt dd div span ul li figure " +
    "figcaption details summary table thead tbody tr th td audio svg g path rect text circle line image"
  ).split(" "),
);

const POLICY =
  "default-src 'none'; img-src data:; media-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** Tags that may show what the page itself holds, and nothing else. */
const HELD: Readonly<Record<string, { readonly attribute: string; readonly as: RegExp }>> = {
  image: { attribute: "href", as: /^data:image\/png;base64,[A-Za-z0-9+/]+=*$/ },
  audio: { attribute: "src", as: /^data:audio\/wav;base64,[A-Za-z0-9+/]+=*$/ },
};

describe.each(HOSTILE.map((name) => [name.slice(0, 40), name] as const))(
  "a report that names everything %j",
  (_, name) => {
    const { html, pictures } = renderReport(fullContent(() => name));
    const tags = tagsOf(html);

    test("has no tag and no attribute but the report's own", () => {
      expect([...new Set(tags.map((tag) => tag.name))].filter((tag) => !ALLOWED.has(tag))).toEqual([]);
      const attributes = new Set(tags.flatMap((tag) => Object.keys(tag.attributes)));
      expect([...attributes].filter((attribute) => /^on|^src|^style$|^srcdoc/.test(attribute))).toEqual([
        "src",
      ]);
      const withSource = tags.filter((tag) => "src" in tag.attributes);
      expect(withSource.map((tag) => tag.name)).toEqual(["audio"]);
    });

    test("has the same structure as with harmless names", () => {
      const harmless = tagsOf(renderReport(fullContent(() => "name")).html);
      // Pictures leave out a label that has no text.
      const structure = (all: readonly Tag[]) =>
        all.map((tag) => tag.name).filter((tag) => name !== "" || !["g", "text"].includes(tag));
      expect(structure(tags)).toEqual(structure(harmless));
    });

    test("loads nothing", () => {
      for (const { name: tag, attributes: all } of tags) {
        const { [HELD[tag]?.attribute ?? ""]: held, ...attributes } = all;
        if (held !== undefined) expect(held).toMatch(HELD[tag]!.as);
        expect(attributes.href ?? "#none").toMatch(/^#[a-z]+$/);
        for (const [key, value] of Object.entries(attributes)) {
          if (value.startsWith("default-src")) expect(value).toBe(POLICY);
          else if (key !== "xmlns" && key !== "aria-label")
            expect(value).not.toMatch(/url\(|https?:|data:|javascript:/i);
        }
      }
      const style = /<style>([\s\S]*?)<\/style>/.exec(html)![1]!;
      expect(style).not.toMatch(/url\(|@import|http/);
    });

    test("has pictures that are well-formed, under safe names", () => {
      const files = Object.entries(pictures);
      expect(files.length).toBeGreaterThan(9);
      for (const [file, svg] of files) {
        expect(file).toMatch(/^[a-z0-9][a-z0-9-]*\.svg$/);
        const [root, ...rest] = parseXml(svg);
        expect(root).toMatchObject({ name: "svg", attributes: { xmlns: "http://www.w3.org/2000/svg" } });
        expect(rest.filter((tag) => !ALLOWED.has(tag.name) && tag.name !== "desc")).toEqual([]);
        const values = rest.flatMap(({ attributes }) => Object.values(attributes));
        expect(values.filter((value) => value.startsWith("var("))).toEqual([]);
      }
    });

    test("shows no character that turns the text around", () => {
      expect(html).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
    });
  },
);

describe("a report", () => {
  test("says what it was given, as text", () => {
    const { html } = renderReport(fullContent((name) => `<${name}>`));
    expect(html).toContain("<h1>&lt;A title&gt;</h1>");
    expect(html).toContain("<dd>&lt;a/path.csv&gt;</dd>");
    expect(html).toContain("<dd>12,345</dd>");
    expect(html).toContain("<li>&lt;a note&gt;</li>");
    expect(html).toContain("✓ &lt;stall&gt;");
  });

  test("forbids to load or run anything", () => {
    expect(renderReport(fullContent()).html).toMatch(/Content-Security-Policy" content="default-src 'none';/);
  });

  test("is the same each time, and after a journey through JSON", () => {
    const content = fullContent();
    const copy = JSON.parse(JSON.stringify(content)) as ReportContent;
    expect(renderReport(copy)).toEqual(renderReport(content));
  });

  test("has no section for what is absent", () => {
    const bare: ReportContent = {
      title: "Bare",
      subtitle: "nothing yet",
      facts: [],
      notes: [],
      columns: [],
      excerpts: [],
      history: [],
    };
    const { html, pictures } = renderReport(bare);
    expect(tagsOf(html).filter(({ name }) => ["section", "figure", "nav", "dl"].includes(name))).toEqual([]);
    expect(pictures).toEqual({});
    const { html: some, pictures: one } = renderReport({
      ...bare,
      history: [{ epoch: 1, train: -2, valid: -3 }],
    });
    expect(tagsOf(some).flatMap(({ name, attributes }) => (name === "section" ? attributes.id : []))).toEqual(
      ["bound"],
    );
    expect(Object.keys(one)).toEqual(["history.svg"]);
  });

  test("counts what was found from the incidents and alarms themselves", () => {
    const { html } = renderReport(fullContent());
    expect(html).toContain("1 of 2 incidents found, 1 false alarm<");
  });

  test("names no file twice", () => {
    const content = fullContent(() => "same");
    const { pictures } = renderReport({ ...content, latents: [0, 1, 2, 3].map(() => content.latents![0]!) });
    expect(Object.keys(pictures)).toContain("latents-4-same.svg");
    expect(new Set(Object.keys(pictures)).size).toBe(17);
  });

  test("of piano rolls is drawn as rasters, in steps", () => {
    const roll = rollOf("chorale", 64);
    const { pictures } = renderReport({
      ...fullContent(),
      clock: "steps",
      excerpts: [{ ...roll, split: "train" }],
      samples: { real: roll, sampled: [rollOf("sample", 32)] },
    });
    expect(pictures["excerpt-1-train-chorale.svg"]).toContain(">C4<");
    expect(pictures["excerpt-1-train-chorale.svg"]).toContain(">step<");
    expect(pictures["samples.svg"]).toContain(">sample<");
  });

  test("of four stretches of 1200 steps and 18 columns stays under 2.5 MB", () => {
    const content = fullContent((name) => name, 1200, 18);
    const full: ReportContent = {
      ...content,
      latents: [0, 1].map((i) => ({
        name: `recording ${i}`,
        times: content.excerpts[i]!.times,
        dimensions: Array.from({ length: 16 }, (_, d) => walk(50 + d, 1200)),
      })),
      samples: {
        real: excerptOf("real", 300, 18),
        sampled: [1, 2, 3].map((i) => excerptOf(`sample ${i}`, 300, 18, i)),
      },
      detection: {
        ...content.detection!,
        sequences: Array.from({ length: 6 }, (_, i) => {
          const [sequence] = content.detection!.sequences;
          return { ...sequence!, name: `test ${i}`, topColumns: sequence!.topColumns.slice(0, 4) };
        }),
      },
    };
    const { html } = renderReport(full);
    expect(Buffer.byteLength(html)).toBeLessThan(2.5e6);
    expect(Buffer.byteLength(html)).toBeGreaterThan(3e5);
  });
});
