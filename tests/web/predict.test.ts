/** Moving pictures in a real browser: a run is opened in a worker, a clip is read, and futures are drawn. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { decode, encode } from "fast-png";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { NumberArray } from "../../src/data/arrays/dtype.ts";
import { parseNpy } from "../../src/data/arrays/npy.ts";
import { gifOf } from "../../src/data/images/film.ts";
import { Random } from "../../src/random/generator.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { clipFromFiles } from "../../src/web/clip-file.ts";
import { FramePredictor } from "../../src/web/frame-predictor.ts";
import { type Outcome, vrnn } from "../cli/vrnn.ts";
import { haveBrowser, launch, testInBrowser } from "./browser.ts";
import { openSite, type Site } from "./site.ts";

const folder = mkdtempSync(join(tmpdir(), "vrnn-frames-"));
const [side, length, steps, count] = [16, 8, 5, 3];
const pixels = side * side;

/** A bright square of 4 pixels a side on grey that goes on by a pixel a frame and turns back at the edges. */
function square(random: Random): Uint8Array[] {
  let [x, by] = [random.integer(side - 4), random.integer(2) === 0 ? 1 : -1];
  const y = random.integer(side - 4);
  return Array.from({ length }, () => {
    if (x + by < 0 || x + by > side - 4) by = -by;
    x += by;
    return Uint8Array.from({ length: pixels }, (_, i) => {
      const [row, column] = [Math.floor(i / side) - y, (i % side) - x];
      return row >= 0 && row < 4 && column >= 0 && column < 4 ? 220 : 40;
    });
  });
}

const asPicture = (frame: Uint8Array) => ({ width: side, height: side, channels: 1 as const, pixels: frame });

/** What the command line tells of the clip. */
interface Expected {
  /** Of each frame. */
  readonly surprise: readonly number[];
  /** `[count, length + steps, H·W]`, bytes: what was drawn, and what was expected. */
  readonly drawn: Float64Array;
  readonly shown: readonly Uint8Array[][];
}

let expected: Expected;
let site: Site;
let browser: Browser;

async function told(...args: string[]): Promise<Outcome> {
  const outcome = await vrnn(args, folder);
  expect(outcome.stderr).not.toContain("error");
  expect(outcome.status).toBe(0);
  return outcome;
}

beforeAll(async () => {
  const random = Random.stream(1, "squares");
  mkdirSync(join(folder, "clips"));
  for (let i = 0; i < 24; i++)
    writeFileSync(join(folder, `clips/${i}.gif`), await gifOf(square(random).map(asPicture), 10));
  const clip = square(random);
  writeFileSync(join(folder, "new.gif"), await gifOf(clip.map(asPicture), 10));
  mkdirSync(join(folder, "new"));
  for (const [t, frame] of clip.entries())
    writeFileSync(join(folder, `new/${t + 1}.png`), encode({ ...asPicture(frame), data: frame }));
  const family = ["--model", "video-vrnn", "--hidden", "8", "--latent", "2", "--channels", "4"];
  await told("train", "clips", ...family, "--epochs", "6", "--batch", "6", "--lr", "0.01");
  expected = await expectedOf("new.gif");
  if (haveBrowser) [site, browser] = await Promise.all([openSite(), launch()]);
}, 400_000);

afterAll(async () => {
  await browser?.close();
  site?.close();
  rmSync(folder, { recursive: true });
});

async function expectedOf(clip: string): Promise<Expected> {
  const { stdout } = await told("score", "runs/clips", "--data", clip);
  const rows = stdout.trimEnd().split("\n").slice(1);
  const drawing = ["--prefix", clip, "--count", String(count), "--steps", String(steps), "--seed", "7"];
  await told("sample", "runs/clips", ...drawing, "--out", "ahead");
  const { values } = parseNpy(readFileSync(join(folder, "ahead/samples.npy")), "samples.npy") as NumberArray;
  return {
    surprise: rows.map((row) => -Number(row.split(",")[2])),
    drawn: Float64Array.from(values),
    shown: framesIn(readFileSync(join(folder, "ahead/samples.png"))),
  };
}

/** The frames of a strip: rows of frames, four times as large, with a grey line around each. */
function framesIn(png: Uint8Array): Uint8Array[][] {
  const { width, data } = decode(png);
  const scale = 64 / side;
  return Array.from({ length: count }, (_, row) =>
    Array.from({ length: length + steps }, (__, t) =>
      Uint8Array.from({ length: pixels }, (___, i) => {
        const y = 1 + row * (side + 1) + Math.floor(i / side);
        return data[y * scale * width + (1 + t * (side + 1) + (i % side)) * scale]!;
      }),
    ),
  );
}

const bytesOf = (shares: Float32Array): number[] => Array.from(shares, (share) => Math.round(255 * share));

const fileAt = (path: string): File => new File([readFileSync(join(folder, path))], basename(path));
const runFiles = () => ({
  config: fileAt("runs/clips/config.json"),
  weights: fileAt("runs/clips/weights.safetensors"),
});

describe("what a page's worker computes, computed in Node", () => {
  let predictor: FramePredictor;
  beforeAll(async () => {
    predictor = await FramePredictor.open(runFiles(), nodeRuntime());
  });

  test("is what the command line tells of the same clip: surprise, what is expected, what is drawn", async () => {
    const { name, notes } = await predictor.read([fileAt("new.gif")]);
    const surprise = await predictor.surprise();
    expect([name, notes]).toEqual(["new", []]);
    expect(surprise).toHaveLength(length);
    for (const [t, nats] of surprise.entries()) expect(nats).toBeCloseTo(expected.surprise[t]!, 3);
    const futures = await predictor.predict({ steps, count, seed: 7 });
    const size = (length + steps) * pixels;
    for (let i = 0; i < count; i++) {
      expect(bytesOf(futures.drawn[i]!)).toEqual([
        ...expected.drawn.subarray(i * size + length * pixels, (i + 1) * size),
      ]);
      expect(bytesOf(futures.expected[i]!)).toEqual(
        expected.shown[i]!.slice(length).flatMap((frame) => [...frame]),
      );
    }
    const [a, b, c] = futures.expected as [Float32Array, Float32Array, Float32Array];
    for (const [i, mean] of futures.mean.entries()) expect(mean).toBeCloseTo((a[i]! + b[i]! + c[i]!) / 3, 5);
  });
});

describe("a clip from files", () => {
  const field = {
    kind: "frames",
    role: "target",
    axis: "T",
    shape: [4, 4],
    storage: "uint8",
    range: [0, 255],
  } as const;
  const pictureAt = (path: string, width: number, height: number, shade: number): File => {
    const data = new Uint8Array(width * height).fill(shade);
    const file = new File(
      [encode({ width, height, channels: 1, data }) as Uint8Array<ArrayBuffer>],
      basename(path),
    );
    Object.defineProperty(file, "webkitRelativePath", { value: path });
    return file;
  };

  test("is in the order of its numbers, and called by its folder", async () => {
    const files = [10, 9, 1].map((number) => pictureAt(`all/walk/${number}.png`, 4, 4, number));
    const { clip, notes } = await clipFromFiles(files, { field, schema: {} });
    expect([clip.name, clip.length, notes]).toEqual(["walk", 3, []]);
    expect([...(clip.values["x"] as Uint8Array)].filter((_, i) => i % 16 === 0)).toEqual([1, 9, 10]);
  });

  test("of another size is brought to that of the run, which a note says, or to what the run keeps", async () => {
    const files = [1, 2].map((number) => pictureAt(`walk/${number}.png`, 12, 8, number));
    const { clip, notes } = await clipFromFiles(files, { field, schema: {} });
    expect((clip.values["x"] as Uint8Array).length).toBe(2 * 16);
    expect(notes).toEqual([
      "the clip is 12 by 8 pixels: its middle was brought to 4 by 4, as the run's frames are",
    ]);
    const kept = await clipFromFiles(files, { field, schema: { size: "4x4" } });
    expect(kept.notes).toEqual([]);
  });

  test("is refused where it is of several folders", async () => {
    const files = ["a/1.png", "b/1.png"].map((path) => pictureAt(path, 4, 4, 1));
    await expect(clipFromFiles(files, { field, schema: {} })).rejects.toThrow(
      /and not a\/1\.png and b\/1\.png/,
    );
  });
});

async function blank(): Promise<Page> {
  const page = await browser.newPage();
  page.setDefaultTimeout(100_000);
  await page.goto(`${site.plain}/predict`, { waitUntil: "load" });
  return page;
}

/** A page with the run opened: files as `setInputFiles` takes them, into the chooser of files or of folders. */
async function opened(
  into = "#run",
  files: string | string[] = ["config.json", "weights.safetensors"].map(ofRun),
) {
  const page = await blank();
  await page.setInputFiles(into, files);
  await page.waitForSelector("#clips:enabled");
  return page;
}
const ofRun = (name: string): string => join(folder, "runs/clips", name);

async function withClip(into: string, file: string): Promise<Page> {
  const page = await opened();
  await page.setInputFiles(into, join(folder, file));
  await page.waitForSelector("#asked:enabled");
  return page;
}

/** What stands beside the slider at a moment, and the shades of each film there. */
function lookAt(page: Page, frame: number): Promise<{ readonly when: string; readonly films: number[][] }> {
  return page.evaluate((t) => {
    const slider = document.getElementById("at") as HTMLInputElement;
    slider.value = String(t);
    slider.dispatchEvent(new Event("input"));
    const films = [...document.querySelectorAll("canvas")].map((canvas) => {
      const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
      return Array.from({ length: data.length / 4 }, (_, i) => data[4 * i]!);
    });
    return { when: document.getElementById("when")!.textContent, films };
  }, frame);
}

const surpriseOf = async (page: Page): Promise<number[]> => {
  const all: number[] = [];
  for (let t = 1; t <= length; t++) all.push(Number.parseFloat((await lookAt(page, t)).when.split(": ")[1]!));
  return all;
};

const farthest = (told: readonly number[], wanted: ArrayLike<number>): number =>
  told.reduce((most, shade, i) => Math.max(most, Math.abs(shade - wanted[i]!)), 0);

const statusOf = (page: Page) => page.textContent("#status");

testInBrowser("examples/browser/predict tells of a clip what the command line does", async () => {
  const page = await withClip("#clip", "new.gif");
  // The page writes tenths of nats; both sum float32 numbers of 256 pixels in an order of their own.
  for (const [t, nats] of (await surpriseOf(page)).entries())
    expect(Math.abs(nats - expected.surprise[t]!)).toBeLessThan(0.05 + 1e-5 * nats + 1e-3);
  for (const [id, value] of Object.entries({ steps, count, seed: 7 }))
    await page.fill(`#${id}`, String(value));
  await page.click("button[type=submit]");
  await page.waitForFunction(() => document.querySelectorAll("canvas").length === 5);
  expect(await statusOf(page)).toMatch(/^3 futures of 5 frames in [\d.]+ s\.$/);
  let most = 0;
  for (let t = 0; t < length + steps; t++) {
    const { films } = await lookAt(page, t + 1);
    const shown = expected.shown.map((frames) => frames[t]!);
    for (let i = 0; i < count; i++) most = Math.max(most, farthest(films[1 + i]!, shown[i]!));
    const mean = shown[0]!.map((_, i) => shown.reduce((sum, frame) => sum + frame[i]!, 0) / count);
    most = Math.max(most, farthest(films[4]!, mean) - 1);
    if (t < length) expect(films[0]).toEqual([...shown[0]!]);
  }
  expect(most).toBeLessThanOrEqual(1);
  await page.close();
});

testInBrowser(
  "examples/browser/predict takes folders, of a run and of pictures, as it takes files",
  async () => {
    const page = await opened("#run-folder", join(folder, "runs/clips"));
    await page.setInputFiles("#clip-folder", join(folder, "new"));
    await page.waitForSelector("#asked:enabled");
    expect(await statusOf(page)).toBe("8 frames.");
    const told = await surpriseOf(page);
    expect(told).toHaveLength(length);
    for (const [t, nats] of told.entries())
      expect(Math.abs(nats - expected.surprise[t]!)).toBeLessThan(0.05 + 1e-5 * nats + 1e-3);
    await page.close();
  },
);

describe("what is wrong is one clear line on the page", () => {
  const wrong = async (page: Page): Promise<string | null> => {
    await page.waitForSelector("#status[data-wrong]");
    return statusOf(page);
  };

  testInBrowser("with a run", async () => {
    const page = await blank();
    await page.setInputFiles("#run", ofRun("config.json"));
    expect(await wrong(page)).toMatch(/^choose both files of the run/);
    const [json, weights] = ["config.json", "weights.safetensors"].map((name) => readFileSync(ofRun(name)));
    const asFiles = (config: Buffer) => [
      { name: "config.json", mimeType: "application/json", buffer: config },
      { name: "weights.safetensors", mimeType: "application/octet-stream", buffer: weights! },
    ];
    const ofText = JSON.parse(json!.toString()) as { modality: { name: string } };
    ofText.modality.name = "captions";
    await page.setInputFiles("#run", asFiles(Buffer.from(JSON.stringify(ofText))));
    await page.waitForFunction(() =>
      document.getElementById("status")!.textContent.startsWith("config.json: "),
    );
    expect(await statusOf(page)).toBe(
      "config.json: this run is of captions, not of moving pictures (open one of --model video-vrnn or frame-vrnn)",
    );
    expect(await page.isDisabled("#clip")).toBe(true);
    await page.close();
  });

  testInBrowser("with a clip", async () => {
    const page = await opened();
    const choose = async (...names: string[]): Promise<string | null> => {
      await page.evaluate(() => document.getElementById("status")!.removeAttribute("data-wrong"));
      await page.setInputFiles(
        "#clip",
        names.map((name) => join(folder, name)),
      );
      return wrong(page);
    };
    const gif = readFileSync(join(folder, "new.gif"));
    writeFileSync(join(folder, "half.gif"), gif.subarray(0, gif.length / 2));
    expect(await choose("half.gif")).toMatch(/^half\.gif: (truncated|broken) GIF: /);
    expect(await choose("new/1.png")).toMatch(/^clip: no clip has more than one frame /);
    expect(await choose("new/1.png", "new.gif")).toBe(
      "a clip is one GIF, or the pictures of one folder in PNG or JPEG, and not 1.png and new.gif (choose one or the other)",
    );
    expect(await page.isDisabled("#seen")).toBe(true);
    await page.close();
  });
});
