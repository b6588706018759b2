/**
 * What reads files that strangers wrote, each with valid inputs to be changed and what must hold of all that it reads.
 * A parser throws `VrnnError` for what it cannot read, and nothing else.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { zipSync } from "fflate";
import { runFiles } from "./run-files.mjs";
import * as structured from "./structured.mjs";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const bytesOf = (text) => encoder.encode(text);

/** @throws Error that says which of the things that hold of every data set does not */
function checkDataset({ columns, splits }) {
  checkColumns(columns);
  for (const { length, values } of [...splits.train, ...splits.valid, ...splits.test])
    checkValues(values, length, columns);
}

function checkColumns(columns) {
  for (const column of columns) {
    const numbers = [
      column.mean,
      column.standardDeviation,
      column.minimum,
      column.maximum,
      column.resolution,
    ];
    if (!numbers.every(Number.isFinite))
      throw new Error(`column "${column.name}" has statistics that are not finite`);
    if (column.resolution > column.maximum - column.minimum && column.maximum > column.minimum)
      throw new Error(`column "${column.name}" has a grid wider than its range`);
  }
}

function checkValues(values, length, columns) {
  if (values.length !== length * columns.length) throw new Error("a sequence is not as long as it says");
  for (const [i, value] of values.entries()) checkEntry(value, columns[i % columns.length]);
}

/** The same of what is read in parts, which are closed afterwards. */
async function checkStream({ fields, splits }) {
  const { columns } = fields.x;
  checkColumns(columns);
  for (const source of Object.values(splits)) {
    const plan = (await source.index()).map(({ length }, i) => ({ i, from: 0, to: length }));
    for await (const { length, values } of source.open(plan)) checkValues(values.x, length, columns);
  }
}

function checkEntry(value, { name, kind, levels }) {
  if (Number.isNaN(value)) return;
  if (!Number.isFinite(value)) throw new Error(`column "${name}" has an infinite entry`);
  if (kind === "binary" && value !== 0 && value !== 1)
    throw new Error(`column "${name}" is binary and has ${value}`);
  if (kind === "categorical" && !(Number.isInteger(value) && value >= 0 && value < levels.length))
    throw new Error(`column "${name}" has no level ${value}`);
}

function checkArrays(value) {
  if (Array.isArray(value)) {
    value.forEach(checkArrays);
    return;
  }
  if (value?.values === undefined) return;
  const count = value.shape.reduce((all, size) => all * size, 1);
  if (count !== value.values.length) throw new Error("an array has another size than its shape");
}

const rows = (count, row) => Array.from({ length: count }, (_, i) => row(i)).join("");
const wave = (i) => (Math.sin(i / 3) * 10).toFixed(3);
const day = (i) => `2024-01-${String(1 + (i % 28)).padStart(2, "0")}`;

const CSV = [
  `time,load,state,"count, all"\n${rows(28, (i) => `${day(i)},${wave(i)},${["idle", "busy"][i % 2]},${i % 5}\n`)}`,
  `﻿a;b\r\n${rows(20, (i) => `${String(wave(i)).replace(".", ",")};${i}\r\n`)}`,
  `series,x,y\n${rows(40, (i) => `s${i % 4},${i % 7 === 0 ? "" : wave(i)},"${i}"\n`)}`,
];
const TSV = [CSV[0].replace("count, all", "count all"), CSV[2]].map((text) => text.replaceAll(",", "\t"));
const JSONL = [
  rows(
    30,
    (i) =>
      `${JSON.stringify({ time: day(i), load: Number(wave(i)), state: ["a", "b"][i % 2], n: i % 3 === 0 ? null : i })}\n`,
  ),
  rows(5, (s) => {
    const x = Array.from({ length: 12 }, (_, i) => Number(wave(i + s)));
    return `${JSON.stringify({ name: `s${s}`, split: s < 3 ? "train" : "test", x, y: x.map(Math.round) })}\n`;
  }),
];
const ROLLS = [
  JSON.stringify({
    train: [
      [[60, 64], [60], [], [67]],
      [[21, 108], [50]],
    ],
    valid: [[[60], [62]]],
    test: [[[64], [65]]],
  }),
];
const STROKES = [
  JSON.stringify([
    [
      [1, 2, 0],
      [3, -4, 1],
      [0, 0, 0],
    ],
    [
      [5, 6, 0],
      [7, 8, 1],
    ],
    [
      [1, 1, 0],
      [2, 2, 1],
    ],
  ]),
  JSON.stringify({
    train: [
      [
        [1, 2, 1, 0, 0],
        [3, 4, 0, 1, 0],
        [0, 0, 0, 0, 1],
      ],
    ],
    test: [[[1, 2, 0, 0, 1]]],
  }),
];

const npy = (type, shape, data, order = "False") => {
  const header = `{'descr': '${type}', 'fortran_order': ${order}, 'shape': (${shape.join(", ")},), }\n`;
  const bytes = new Uint8Array(10 + header.length + data.length);
  bytes.set([0x93, ...bytesOf("NUMPY"), 1, 0, header.length & 255, header.length >> 8, ...bytesOf(header)]);
  bytes.set(data, 10 + header.length);
  return bytes;
};
const floats = new Uint8Array(Float32Array.from({ length: 12 }, (_, i) => i / 3).buffer);
const NPY = [
  npy("<f4", [4, 3], floats),
  npy("|u1", [3, 4], floats.subarray(0, 12), "True"),
  npy(">i2", [24], floats),
];
/** A table of enough rows for a training split. */
const NPY_TABLE = npy("|u1", [6, 2], Uint8Array.of(3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8), "True");
/** Two clips of three black and white frames of 2 × 2, and one of floats. */
const CLIPS = [
  npy(
    "|u1",
    [2, 3, 2, 2],
    Uint8Array.from({ length: 24 }, (_, i) => 255 * (i % 2)),
  ),
  npy("<f4", [3, 2, 2], new Uint8Array(Float32Array.from({ length: 12 }, (_, i) => i / 12).buffer)),
];
/** `[[1, 2.5], "a", (3,)]` as Python pickles it, protocol 4, and an array of numpy, protocol 2. */
const PICKLES = [
  Uint8Array.of(
    0x80,
    4,
    0x5d,
    0x94,
    0x28,
    0x5d,
    0x94,
    0x28,
    0x4b,
    1,
    0x47,
    0x40,
    4,
    0,
    0,
    0,
    0,
    0,
    0,
    0x65,
    0x8c,
    1,
    0x61,
    0x94,
    0x4b,
    3,
    0x85,
    0x94,
    0x65,
    0x2e,
  ),
  Uint8Array.from([
    0x80,
    2,
    0x63,
    ...bytesOf("numpy.core.numeric\n_frombuffer\n"),
    0x28,
    0x55,
    4,
    1,
    2,
    3,
    4,
    0x63,
    ...bytesOf("numpy\ndtype\n"),
    0x58,
    2,
    0,
    0,
    0,
    ...bytesOf("u1"),
    0x85,
    0x52,
    0x4b,
    4,
    0x85,
    0x58,
    1,
    0,
    0,
    0,
    ...bytesOf("C"),
    0x74,
    0x52,
    0x2e,
  ]),
];
const MIDI = [
  Uint8Array.of(
    0x4d,
    0x54,
    0x68,
    0x64,
    0,
    0,
    0,
    6,
    0,
    1,
    0,
    1,
    0,
    96,
    0x4d,
    0x54,
    0x72,
    0x6b,
    0,
    0,
    0,
    45,
    0,
    0xff,
    0x51,
    3,
    7,
    0xa1,
    0x20,
    0,
    0xff,
    1,
    4,
    0x6c,
    0x61,
    0x6c,
    0x61,
    0,
    0x90,
    60,
    64,
    0,
    64,
    80,
    0x60,
    60,
    0,
    0,
    64,
    0,
    0,
    0xf0,
    2,
    1,
    0xf7,
    0,
    0xc0,
    5,
    0x81,
    0x40,
    0x90,
    67,
    90,
    0x60,
    0x80,
    67,
    0,
    0,
    0xff,
    0x2f,
    0,
  ),
];
const IDX = [
  Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12),
];
const TEXTS = [
  "ham\tOk lar\nspam\tFree entry\nham\tU dun say so\n".repeat(4),
  "To be, or not to be.\n".repeat(20),
];
const LIVE = [
  CSV[0],
  rows(
    20,
    (i) => `${JSON.stringify({ time: day(i), load: Number(wave(i)), state: "busy", "count, all": i % 5 })}\n`,
  ),
];
/** Series with their classes as the archives of UEA and UCR have them. */
const SERIES = [
  `@problemName P\n@missing true\n@classLabel true a b\n@data\n${rows(5, (s) => `${wave(s)},?,3:${wave(s + 1)},2,1:${"ab"[s % 2]}\n`)}`,
  `# a note\n@univariate true\n@classLabel false\n@data\n${rows(4, (s) => `${Array.from({ length: s + 3 }, (_, i) => wave(i)).join(",")}\n`)}`,
];
const UCR = [
  rows(
    5,
    (s) =>
      `${s % 2}\t${Array.from({ length: 18 }, (_, i) => (i + s > 19 ? "NaN" : wave(i + s))).join("\t")}\n`,
  ),
];
const fixture = (name) =>
  new Uint8Array(readFileSync(new URL(`../../tests/data/images/fixtures/${name}`, import.meta.url)));
const PICTURES = ["colour.png", "palette.png", "alpha.png", "colour.jpg", "turned-6.jpg"].map(fixture);
const GIFS = [fixture("grey.gif")];
/** Captions in the forms of lists. */
const CAPTION_LISTS = [
  JSON.stringify([{ file: "1.jpg", cls: "pet", split: "val", captions: ["A dog."] }]),
  JSON.stringify({
    images: [{ id: 1, file_name: "1.jpg" }],
    annotations: [{ image_id: 1, caption: "A dog." }],
  }),
];
const CAPTION_TABLES = ["path,caption,class,split\n1.jpg,a dog,pet,train\n1.jpg,an animal,pet,train\n"];
const PARQUET = ["snappy", "zstd", "version2"].map((name) =>
  readFileSync(new URL(`../../tests/fixtures/parquet/${name}.parquet`, import.meta.url)),
);
const EVENTS = [
  rows(20, (i) => `${JSON.stringify({ step: i, "train/elbo": -i / 7, note: "a", ok: true, none: null })}\n`),
];

/**
 * The parsers by name.
 *
 * @param load gives a module of the sources by its path without ending, such as `data/files`
 * @returns the parsers, and what removes the folder that they write their inputs to
 */
export async function parsersOf(load) {
  const folder = mkdtempSync(join(tmpdir(), "vrnn-fuzz-"));
  const [
    files,
    texts,
    frames,
    lines,
    live,
    npyModule,
    npz,
    pickle,
    idx,
    safetensors,
    seal,
    events,
    pictures,
    gif,
    captions,
  ] = await Promise.all(
    [
      "data/files",
      "data/files-text",
      "data/files-frames",
      "data/files-streamed",
      "data/files-live",
      "data/arrays/npy",
      "data/arrays/npz",
      "data/arrays/pickle",
      "data/images/idx",
      "checkpoint/safetensors",
      "run/seal",
      "run/events",
      "data/images/decode",
      "data/images/gif",
      "data/captions/caption-lists",
    ].map(load),
  );
  const fileOf = (name, bytes) => {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
    return path;
  };
  const streamed = (ending, samples, make) => ({
    samples: samples.map((sample) => (typeof sample === "string" ? bytesOf(sample) : sample)),
    make,
    parse: async (bytes) => {
      const data = await lines.streamTable(fileOf(`stream${ending}`, bytes));
      try {
        await checkStream(data);
      } finally {
        await Promise.all(Object.values(data.splits).map((source) => source.close()));
      }
    },
  });
  const dataset = (ending, samples, make) => ({
    make,
    samples: samples.map((sample) => (typeof sample === "string" ? bytesOf(sample) : sample)),
    parse: (bytes) => checkDataset(files.readDataset(fileOf(`input${ending}`, bytes))),
  });
  const tensors = { "a.kernel": { dtype: "F32", shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) } };
  const stored = { weights: tensors, note: { step: "7", name: "é" } };
  const columns = files.readDataset(fileOf("live.csv", bytesOf(CSV[0]))).columns;
  return {
    parsers: {
      csv: dataset(".csv", CSV, structured.csv),
      tsv: dataset(".tsv", TSV, structured.tsv),
      jsonl: dataset(".jsonl", JSONL, structured.jsonl),
      gzip: dataset(".csv.gz", [gzipSync(CSV[0]), gzipSync(CSV[2])], (chance) =>
        gzipSync(structured.csv(chance)),
      ),
      "jsonl-stream": streamed(".jsonl", JSONL, structured.jsonl),
      "csv-stream": streamed(".csv", CSV, structured.csv),
      ts: dataset(".ts", SERIES),
      ucr: dataset("_TRAIN.tsv", UCR),
      parquet: dataset(".parquet", PARQUET),
      "npy-table": dataset(".npy", [NPY[0], NPY_TABLE]),
      "npz-tables": dataset(".npz", [
        zipSync({ "train.npy": NPY[0], "test.npy": NPY[0] }),
        zipSync({ "a.npy": NPY_TABLE }),
      ]),
      "text-table": dataset(".txt", [CSV[2], UCR[0]]),
      "piano-roll": dataset(".json", ROLLS, structured.roll),
      strokes: dataset(".json", STROKES, structured.strokes),
      midi: dataset(".mid", MIDI, structured.midi),
      npz: {
        samples: [
          zipSync({ "train.npy": NPY[0], "test.npy": NPY[1] }),
          zipSync({ "a.npy": NPY[2] }, { level: 0 }),
        ],
        parse: (bytes) => Object.values(npz.readNpz(bytes, "a.npz")).forEach(checkArrays),
      },
      npy: { samples: NPY, parse: (bytes) => checkArrays(npyModule.parseNpy(bytes, "a.npy")) },
      pickle: {
        samples: PICKLES,
        make: structured.pickle,
        parse: (bytes) => checkArrays(pickle.unpickle(bytes, "a.npy")),
      },
      idx: { samples: IDX, parse: (bytes) => checkArrays(idx.parseIdx(bytes, "a.idx")) },
      text: {
        samples: [bytesOf(TEXTS[1])],
        parse: (bytes) =>
          void texts.readTextDataset(fileOf("a.txt", bytes), { unit: "characters", per: "line" }),
      },
      labelled: {
        samples: [bytesOf(TEXTS[0])],
        parse: (bytes) => {
          const options = { unit: "words", labelled: { label: 0, text: 1 } };
          void texts.readTextDataset(fileOf("a.tsv", bytes), options);
        },
      },
      "text-folder": {
        samples: TEXTS.map(bytesOf),
        parse: (bytes) => {
          fileOf("classes/ham/1.txt", TEXTS[1]);
          const path = fileOf("classes/spam/1.txt", bytes);
          void texts.readTextDataset(dirname(dirname(path)), { unit: "words" });
        },
      },
      frames: {
        samples: CLIPS,
        parse: (bytes) => void frames.readFrames(fileOf("clips.npy", bytes)),
      },
      picture: {
        samples: PICTURES,
        parse: async (bytes) => {
          const { width, height, channels, pixels } = await pictures.decodePicture(bytes, "a.png");
          if (pixels.length !== width * height * channels)
            throw new Error("there are other pixels than it says");
        },
      },
      gif: {
        samples: GIFS,
        parse: async (bytes) => {
          for await (const { seconds } of gif.gifFrames(bytes, "a.gif"))
            if (!(seconds >= 0)) throw new Error(`a frame is shown for ${seconds} s`);
        },
      },
      "captions-json": {
        samples: CAPTION_LISTS.map(bytesOf),
        parse: (bytes) =>
          void captions.parseCaptionJson({ text: decoder.decode(bytes), file: "captions.json" }),
      },
      "captions-csv": {
        samples: CAPTION_TABLES.map(bytesOf),
        make: structured.csv,
        parse: (bytes) =>
          void captions.parseCaptionTable({ text: decoder.decode(bytes), file: "captions.csv" }),
      },
      live: {
        samples: LIVE.map(bytesOf),
        make: structured.csv,
        parse: (bytes, VrnnError) => readLive(live, columns, decoder.decode(bytes), VrnnError),
      },
      safetensors: {
        samples: [safetensors.encodeSafetensors(stored.weights, stored.note)],
        parse: (bytes) => void safetensors.decodeSafetensors(bytes, "a.safetensors"),
      },
      checkpoint: {
        samples: [seal.seal(stored.weights, stored.note)],
        parse: (bytes) => void seal.unseal(bytes, "a.safetensors"),
      },
      ...(await runFiles(load, fileOf)),
      metrics: {
        samples: EVENTS.map(bytesOf),
        parse: (bytes) => void events.readEvents(fileOf("metrics.jsonl", bytes)),
      },
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Each line of a stream is read or refused by itself. */
function readLive(live, columns, text, VrnnError) {
  const lines = text.split("\n").filter((line) => line !== "");
  if (lines.length === 0) return;
  const reader = live.openSteps(lines[0], 1, { columns, source: "stdin", onNote: () => undefined });
  let refused;
  lines.slice(reader.isHeader ? 1 : 0).forEach((line, i) => {
    try {
      reader.read(line, i + 1).values.forEach((value, d) => {
        checkEntry(value, columns[d]);
      });
    } catch (error) {
      if (!(error instanceof VrnnError)) throw error;
      refused = error;
    }
  });
  if (refused !== undefined) throw refused;
}
