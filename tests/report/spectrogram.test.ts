/** The picture of a spectrogram: its pixels, and that it is well-formed. */
import { decode } from "fast-png";
import { expect, test } from "vitest";
import { framesOf } from "../../src/data/audio/frames.ts";
import { rampColour, spectrogramPng } from "../../src/report/figures/spectrogram.ts";
import { spectrogramPicture } from "../../src/report/spectrogram-picture.ts";
import { parseXml } from "./xml.ts";

const loudAt = (length: number, bands: number, isLoud: (t: number, band: number) => boolean) =>
  framesOf(
    Float32Array.from({ length: length * bands }, (_, i) =>
      isLoud(Math.floor(i / bands), i % bands) ? 0 : -10,
    ),
    bands,
  );

test("low bands are at the foot, time goes to the right, loud is light", () => {
  const { width, height, data } = decode(spectrogramPng(loudAt(4, 3, (t, band) => t === 3 && band === 0)));
  expect([width, height]).toEqual([4, 3]);
  const pixel = (x: number, y: number) => [...data.slice((y * 4 + x) * 3, (y * 4 + x) * 3 + 3)];
  expect(pixel(3, 2)).toEqual(rampColour(1));
  expect(pixel(3, 0)).toEqual(rampColour(0));
  expect(pixel(0, 2)).toEqual(rampColour(0));
});

test("long recordings keep their loudest moments", () => {
  const { width, data } = decode(spectrogramPng(loudAt(5000, 2, (t) => t % 500 === 0)));
  expect(width).toBe(1600);
  const light = Array.from({ length: 1600 }, (_, x) => data[3 * x]!).filter((red) => red > 200).length;
  expect(light).toBe(10);
});

test("colours get lighter from quiet to loud", () => {
  const lightness = (share: number) => {
    const [red, green, blue] = rampColour(share);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  for (let i = 1; i <= 50; i++) expect(lightness(i / 50)).toBeGreaterThan(lightness((i - 1) / 50));
});

test("a picture is well-formed, also of silence and of nothing", () => {
  for (const frames of [
    loudAt(20, 8, (t, band) => t === band),
    loudAt(3, 2, () => false),
    loudAt(0, 2, () => false),
  ]) {
    const picture = spectrogramPicture("A <spoken> seven", [
      { name: "as recorded", frames, frameRate: 100 },
      {
        name: "as reconstructed",
        frames,
        frameRate: 100,
        centresHz: [90, 110, 300, 600, 1200, 2400, 3600, 3900].slice(0, frames.width),
      },
    ]);
    expect(() => parseXml(picture)).not.toThrow();
    if (frames.width === 8) expect(picture).toMatch(/>250<.*>500<.*>1,000<.*>2,000</s);
    expect(picture).toContain(frames.length === 0 ? "no frames" : "data:image/png;base64,");
  }
});
