/** Clips out of folders, GIFs and videos, and films out of frames: against frames laid out by hand. */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { encode } from "fast-png";
import { afterEach, describe, expect, test } from "vitest";
import type { FramesField } from "../../../src/data/fields.ts";
import { isClips, readClips } from "../../../src/data/files-clips.ts";
import { readerFor, readFields } from "../../../src/data/files-fields.ts";
import { mp4Of, videoFrames } from "../../../src/data/files-video.ts";
import { filmOf, gifOf } from "../../../src/data/images/film.ts";
import { gifFrames } from "../../../src/data/images/gif.ts";
import type { Picture } from "../../../src/data/images/picture.ts";
import { sequencesIn } from "../../../src/data/whole-sequences.ts";
import { scratchFolder } from "../../run/scratch.ts";

const root = scratchFolder();

function put(path: string, bytes: Uint8Array): string {
  const at = join(root, path);
  mkdirSync(dirname(at), { recursive: true });
  writeFileSync(at, bytes);
  return at;
}

/** A picture of one shade. */
const shadePng = (shade: number, width = 8, height = 4): Uint8Array =>
  encode({ width, height, channels: 1, data: new Uint8Array(width * height).fill(shade) });

/** A clip of these shades, its frames numbered from 1. */
const putClip = (folder: string, shades: readonly number[]): void =>
  shades.forEach((shade, t) => {
    put(`${folder}/${t + 1}.png`, shadePng(shade));
  });

const shadesOf = (values: Uint8Array, width = 32) =>
  Array.from({ length: values.length / width }, (_, t) => values[t * width]);

describe("a folder of frames", () => {
  test("has a clip in each folder, in the order of numbers, split by the folders above", async () => {
    putClip(
      "walks/train/a",
      Array.from({ length: 11 }, (_, t) => t),
    );
    putClip("walks/train/b", [50, 51]);
    putClip("walks/val/c", [60, 61, 62]);
    putClip("walks/test/d", [70, 71]);
    const path = join(root, "walks");
    expect([isClips(path), readerFor(path, {})]).toEqual([true, "images"]);
    const { fields, splits, notes } = await readClips(path, {});
    expect(fields["x"]).toEqual({
      ...{ kind: "frames", role: "target", axis: "T" },
      ...{ shape: [4, 8], storage: "uint8", range: [0, 255] },
    });
    const train = await sequencesIn(splits.train);
    expect(train.map(({ name, length }) => [name, length])).toEqual([
      ["a", 11],
      ["b", 2],
    ]);
    expect(shadesOf(train[0]!.values["x"] as Uint8Array)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect((await splits.valid.index()).map(({ name }) => name)).toEqual(["c"]);
    expect((await splits.test.index()).map(({ name }) => name)).toEqual(["d"]);
    expect(notes).toContain("frames are 8 by 4 pixels, grey");
  });

  test("is read as the options say, and again as a run was", async () => {
    const path = join(root, "walks");
    const { fields } = await readClips(path, { size: "4x2", colours: "colour" });
    expect(fields["x"]).toMatchObject({ shape: [2, 4, 3] });
    const own = { size: "4x2" };
    const again = await readFields("images", path, own, { modality: { name: "images" }, fields });
    expect(again.fields["x"]).toEqual(fields["x"]);
  });

  test("tells of missing numbers, and leaves clips of one frame out", async () => {
    putClip("gaps/a", [1, 2]);
    put("gaps/a/5.png", shadePng(5));
    putClip("gaps/b", [9]);
    const { notes } = await readClips(join(root, "gaps"), {});
    expect(notes).toContain(
      `${join(root, "gaps/a")}: 2 frame numbers missing (3 and 4); what stands around a gap follows directly`,
    );
    expect(notes).toContain(`1 clip of one frame left out: ${join(root, "gaps/b")}`);
  });

  test("of several sizes needs one told, and a broken picture is named", async () => {
    putClip("sizes", [1, 2]);
    put("sizes/3.png", shadePng(3, 4, 4));
    const path = join(root, "sizes");
    await expect(readClips(path, {})).rejects.toThrow(
      `${path}, frame 3: it is 4 by 4 pixels, and others are 8 by 4 (bring all to one size: --size 8x4`,
    );
    expect((await readClips(path, { size: "8x4" })).fields["x"]).toMatchObject({ shape: [4, 8] });
    const broken = put("sizes/4.png", shadePng(3).subarray(0, 50));
    await expect(readClips(path, { size: "8x4" })).rejects.toThrow(`${broken}: truncated PNG`);
  });

  test("of one picture, or with a rate, is refused", async () => {
    putClip("still", [1]);
    await expect(readClips(join(root, "still"), {})).rejects.toThrow("no clip has more than one frame");
    putClip("rate", [1, 2]);
    await expect(readClips(join(root, "rate"), { fps: 5 })).rejects.toThrow("option '--fps' has no effect");
  });

  test("beside a film has no rate, which is told; nor has one that is read as a run of films was", async () => {
    putClip("rates/still", [1, 2]);
    const film = [1, 2, 3].map((shade) => ({ shade, size: { width: 8, height: 4, channels: 1 as const } }));
    const pictures = film.map(({ shade, size }) => ({ ...size, pixels: new Uint8Array(32).fill(shade) }));
    put("rates/film.gif", await gifOf(pictures, 10));
    const { splits, notes, fields } = await readClips(join(root, "rates"), { fps: 20 }, { split: [1, 0, 0] });
    const lengths = (await splits.train.index()).map(({ name, length }) => [name, length]);
    expect(lengths).toEqual([
      ["still", 2],
      ["film", 6],
    ]);
    const told = `--fps has no effect on 1 clip of pictures in folders, which do not tell how fast they follow: `;
    expect(notes).toContain(told + join(root, "rates/still"));
    const field = fields["x"] as FramesField;
    const still = await readClips(join(root, "rate"), { fps: 20 }, { split: [1, 0, 0], field });
    expect(still.notes).toContain(told + join(root, "rate"));
  });

  test("beside tables is none", () => {
    putClip("mixed/plots", [1, 2]);
    put("mixed/data.csv", new TextEncoder().encode("a,b\n1,2\n"));
    expect(isClips(join(root, "mixed"))).toBe(false);
  });
});

describe("a film", () => {
  const rows = [
    [new Float32Array(16).fill(0), new Float32Array(16).fill(0.5), new Float32Array(16).fill(1)],
    [new Float32Array(16).fill(1), new Float32Array(16).fill(0)],
  ];

  test("has clips side by side, and one that is over stays", () => {
    const film = filmOf(rows, [4, 4]);
    expect(film.map(({ width, height, channels }) => [width, height, channels])).toEqual(
      Array(3).fill([32 * 12, 32 * 4, 1]),
    );
    const seen = film.map(({ pixels, width }) => [0, 5, 9].map((x) => pixels[width + 32 * x + 1]));
    expect(seen).toEqual([
      [0, 128, 255],
      [128, 128, 0],
      [255, 128, 0],
    ]);
  });

  test("as a GIF is read back as it was, by its rate too", async () => {
    const film = filmOf(rows, [4, 4]);
    const path = put("film.gif", await gifOf(film, 10));
    const { splits, fields } = await readClips(path, {}, { split: [1, 0, 0] });
    expect(fields["x"]).toMatchObject({ shape: [128, 384] });
    const [clip] = await sequencesIn(splits.train);
    expect(clip).toMatchObject({ name: "film", length: 3 });
    expect(clip!.values["x"]).toEqual(Uint8Array.from(film.flatMap(({ pixels }) => [...pixels])));
    const twice = await readClips(path, { fps: 20 }, { split: [1, 0, 0] });
    expect((await sequencesIn(twice.splits.train))[0]!.length).toBe(6);
  });

  test("in colours keeps few colours exactly", async () => {
    const pixels = Uint8Array.from({ length: 48 }, (_, i) => (i % 3 === 0 ? 255 : 0));
    const film: Picture[] = [{ width: 4, height: 4, channels: 3, pixels }];
    for await (const { picture } of gifFrames(await gifOf(film, 10), "a.gif"))
      expect(picture).toEqual(film[0]);
  });
});

describe("a video", () => {
  const path = process.env.PATH;
  afterEach(() => {
    process.env.PATH = path;
  });
  const framesIn = async (file: string) => {
    const frames: Picture[] = [];
    for await (const frame of videoFrames(file, { fps: 5, colours: "grey" })) frames.push(frame);
    return frames;
  };

  test("needs ffmpeg, and says so", async () => {
    const file = put("walk.mp4", new Uint8Array(8));
    process.env.PATH = root;
    await expect(framesIn(file)).rejects.toThrow(
      `${file}: videos are read by ffmpeg, which is not installed`,
    );
    const frame: Picture = { width: 2, height: 2, channels: 1, pixels: new Uint8Array(4) };
    await expect(mp4Of([frame], 10)).rejects.toThrow("MP4 is written by ffmpeg, which is not installed");
  });

  /** In the place of ffmpeg: tells what it was asked, and writes what it is told to. */
  const standIn = (script: string): void => {
    const at = put("bin/ffmpeg", new TextEncoder().encode(`#!/bin/sh\n${script}\n`));
    chmodSync(at, 0o755);
    process.env.PATH = `${dirname(at)}:${path}`;
  };

  test("is what ffmpeg writes of it, at the rate that was told", async () => {
    const file = put("walk.mp4", new Uint8Array(8));
    standIn(`echo "$@" > ${root}/asked; printf 'P5\\n2 1\\n255\\nabP5\\n2 1\\n255\\ncd'`);
    const frames = await framesIn(file);
    expect(frames.map(({ pixels }) => Buffer.from(pixels).toString())).toEqual(["ab", "cd"]);
    expect(readFileSync(join(root, "asked"), "utf8")).toContain(`-i file:${file} -an -sn -vf fps=5`);
  });

  test("is asked for each frame once, of an ffmpeg before 5.1 by the option that it knows", async () => {
    const file = put("walk.mp4", new Uint8Array(8));
    const old = `case "$*" in *fps_mode*) echo "Unrecognized option 'fps_mode'." >&2; exit 1;; esac`;
    standIn(`${old}; echo "$@" > ${root}/asked; printf 'P5\\n2 1\\n255\\nab'`);
    const frames: Picture[] = [];
    for await (const frame of videoFrames(file, { colours: "grey" })) frames.push(frame);
    expect(frames.map(({ pixels }) => Buffer.from(pixels).toString())).toEqual(["ab"]);
    expect(readFileSync(join(root, "asked"), "utf8")).toContain("-vsync passthrough");
  });

  test("that ffmpeg cannot read is named with what it says", async () => {
    const file = put("walk.mp4", new Uint8Array(8));
    standIn("echo 'moov atom not found' >&2; exit 1");
    await expect(framesIn(file)).rejects.toThrow(`${file}: ffmpeg cannot read it: moov atom not found`);
  });

  test("that is damaged is read, with a word on what ffmpeg says of it", async () => {
    const file = put("walk.mp4", new Uint8Array(8));
    standIn(
      `printf 'P5\\n2 1\\n255\\nabP5\\n2 1\\n255\\ncd'; printf 'bad cseq\\nerror while decoding\\n' >&2`,
    );
    const { notes } = await readClips(file, { colours: "grey" }, { split: [1, 0, 0] });
    expect(notes).toContain(`${file}: ffmpeg reads on after: bad cseq (and 1 more line)`);
  });
});
