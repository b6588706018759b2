/** Rules that describe a picture by its class, by hand and on the UCM captions. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { classCaptions, mostFrequentCaption } from "../../src/baselines/class-captions.ts";
import { captionWords } from "../../src/data/captions/caption-words.ts";
import { captionScores } from "../../src/metrics/caption-scores.ts";
import { testWithSharedData } from "../shared-data.ts";

test("a class is described by what has most in common with all that was said of it, not by what was said most often", () => {
  const captions = ["x y", "x y", "x y", "a b c d", "a b c d", "a b c e", "a b c f", "a b c"].map((text) => ({
    text,
    class: "one",
  }));
  expect(mostFrequentCaption(captions.map(({ text }) => text))).toBe("x y");
  expect(classCaptions(captions).get("one")).toBe("a b c d");
});

test("each class has its own, and of nothing there is none", () => {
  const told = classCaptions([
    { text: "many boats", class: "harbor" },
    { text: "a road", class: "freeway" },
  ]);
  expect([...told]).toEqual([
    ["harbor", "many boats"],
    ["freeway", "a road"],
  ]);
  expect(classCaptions([]).size).toBe(0);
  expect(mostFrequentCaption([])).toBe("");
});

interface Captioned {
  readonly cls: string;
  readonly split: string;
  readonly captions: readonly string[];
}

testWithSharedData("on UCM they score what was found by another program", (folder) => {
  const archive = join(folder, "images", "ucm_captions_128px.tar.gz");
  const all = JSON.parse(
    execFileSync("tar", ["xzOf", archive, "./captions.json"], { encoding: "utf8" }),
  ) as Captioned[];
  const [train, test] = ["train", "test"].map((name) => all.filter(({ split }) => split === name)) as [
    Captioned[],
    Captioned[],
  ];
  const plain = (text: string) => captionWords(text).join(" ");
  const said = train.flatMap(({ cls, captions }) =>
    captions.map((text) => ({ text: plain(text), class: cls })),
  );
  const references = test.map(({ captions }) => captions);
  const templates = classCaptions(said);
  const ofClass = captionScores(
    test.map(({ cls }) => templates.get(cls)!),
    references,
  );
  expect(ofClass.bleu[3]).toBeCloseTo(0.74, 2);
  expect(ofClass.ciderD).toBeCloseTo(3.72, 1);
  const most = mostFrequentCaption(said.map(({ text }) => text));
  const always = captionScores(
    test.map(() => most),
    references,
  );
  expect(always.bleu[3]).toBeCloseTo(0.088, 2);
  expect(always.ciderD).toBeCloseTo(0.39, 1);
});
