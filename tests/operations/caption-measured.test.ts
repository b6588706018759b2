/** What captions of a split are held against, of pictures laid out by hand. */
import { expect, test } from "vitest";
import type { Fields } from "../../src/data/fields.ts";
import { type MemorySequence, memorySource } from "../../src/data/source.ts";
import {
  type CaptionedPicture,
  type DescribedPicture,
  measuredCaptions,
} from "../../src/operations/caption-measured.ts";
import type { Context } from "../../src/operations/context.ts";

const fields: Fields = {
  picture: {
    ...{ kind: "frames", role: "source", axis: "none", shape: [1, 1, 1] },
    ...{ storage: "uint8", range: [0, 255] },
  },
  class: { kind: "label", role: "label", axis: "none", levels: ["boat", "car"] },
};
const said = new Map([
  ["1.png", [["a", "boat"]]],
  ["2.png", [["a", "car"]]],
]);
const trained = [...said.keys()].map((name, level): MemorySequence => {
  const values = { picture: Uint8Array.of(0), class: Int32Array.of(level) };
  return { name, length: 1, values };
});

/** A place where a run was trained on these. */
const context = {
  run: async () => ({ config: { fields } }),
  files: {
    ownSplits: async () => ({ train: memorySource(trained, fields) }),
    captions: async () => said,
  },
} as unknown as Context;

const shown = (own: string | undefined): CaptionedPicture => ({
  ...{ name: "a.png", picture: Uint8Array.of(0), references: ["a boat"] },
  ...(own !== undefined && { class: own }),
});
const boat: DescribedPicture = {
  ...{ picture: "a.png", drawn: [], class: { name: "boat", probability: 0.9 } },
  captions: [{ text: "a boat", ids: [4, 5], logProbability: -1 }],
};

/** What is measured of pictures of some classes, each of which is told to be a boat. */
const measured = (...classes: (string | undefined)[]) =>
  measuredCaptions(
    context,
    classes.map(shown),
    classes.map(() => boat),
  );

test("classes are told rightly or not where they are known, and elsewhere nothing is said of that", async () => {
  expect((await measured("boat", "car", "boat", undefined)).accuracy).toBeCloseTo(2 / 3, 12);
  expect(await measured(undefined, undefined)).not.toHaveProperty("accuracy");
});

test("the caption of the class stands beside, by the class that is told, and by the true one where all are known", async () => {
  const rule = "caption of the class that is told";
  const { baselines } = await measured("boat", "car");
  expect(baselines[rule]!.bleu[1]).toBeCloseTo(1, 6);
  expect(baselines["caption of the true class"]!.bleu[1]).toBeLessThan(1);
  expect(Object.keys((await measured("boat", undefined)).baselines)).not.toContain(
    "caption of the true class",
  );
});
