/** Inputs that are made, not changed: of the right form and strange inside. Each takes a source of chance. */
const encoder = new TextEncoder();
const times = (count, make) => Array.from({ length: count }, (_, i) => make(i));

const NAMES = [
  "time",
  "x",
  "y",
  "constructor",
  "toString",
  "__proto__",
  "valueOf",
  "split",
  "name",
  "",
  "é",
  "a b",
  "0",
];
const NUMBERS = [
  "0",
  "-0",
  "1e154",
  "1e-200",
  "1e308",
  "4.9e-324",
  "9007199254740993",
  "-9999",
  "1e30",
  "0.1",
  "7",
];
const OTHER = [
  "",
  "NaN",
  "NA",
  "None",
  "idle",
  "true",
  "1,100",
  "18,0",
  "45 %",
  "0x1F",
  "2024-02-30",
  "12:30",
  "null",
];

/** The entries of one column: a wave on a level of any size, numbers at the edge, words, or all of them. */
function columnOf(chance) {
  const [level, spread] = [10 ** (chance.below(20) - 6), 10 ** (chance.below(20) - 12)];
  const kind = chance.below(5);
  return (i) => {
    if (kind === 0) return String(level + spread * Math.sin(i / 3));
    if (kind === 1) return chance.of(NUMBERS);
    if (kind === 2) return chance.of(OTHER);
    if (kind === 3) return (level + spread * (i % 4)).toFixed(chance.below(7));
    return chance.of([...NUMBERS, ...OTHER]);
  };
}

function table(chance) {
  const columns = times(1 + chance.below(4), () => ({ name: chance.of(NAMES), cell: columnOf(chance) }));
  return { columns, rows: times(chance.below(40), (i) => columns.map(({ cell }) => cell(i))) };
}

const quoted = (cell) => (/[",\n]/.test(cell) ? `"${cell}"` : cell);

export function csv(chance, delimiter = ",") {
  const { columns, rows } = table(chance);
  const lines = [columns.map(({ name }) => name), ...rows].map((cells) => cells.map(quoted).join(delimiter));
  return encoder.encode(lines.join(chance.of(["\n", "\r\n", "\n\n"])));
}

export const tsv = (chance) => csv(chance, "\t");

/** A value of JSON, nested at most so deep but for now and then, when it is very deep. */
function json(chance, depth) {
  if (chance.below(200) === 0) return `${"[".repeat(20_000)}${"]".repeat(20_000)}`;
  const kind = depth === 0 ? chance.below(3) : chance.below(5);
  if (kind === 0) return chance.of(NUMBERS);
  if (kind === 1) return JSON.stringify(chance.of([...NAMES, ...OTHER]));
  if (kind === 2) return chance.of(["true", "false", "null", "-1.5", "[]", "{}"]);
  const parts = times(chance.below(5), () => json(chance, depth - 1));
  return kind === 3
    ? `[${parts.join(",")}]`
    : `{${parts.map((part) => `${JSON.stringify(chance.of(NAMES))}:${part}`).join(",")}}`;
}

/** A value of JSON with a part of it changed: another one in its place, none, twice, or under another name. */
function changedPart(value, chance) {
  if (typeof value !== "object" || value === null || chance.below(8) === 0) return strange(chance);
  const entries = Object.entries(value);
  const i = chance.below(entries.length);
  const [name, part] = entries[i] ?? ["", null];
  const changed = chance.of([
    [[name, changedPart(part, chance)]],
    [[name, changedPart(part, chance)]],
    [],
    [
      [name, part],
      [chance.of(NAMES), part],
    ],
    [[chance.of(NAMES), part]],
  ]);
  entries.splice(i, 1, ...changed);
  return Array.isArray(value) ? entries.map(([, each]) => each) : Object.fromEntries(entries);
}

const strange = (chance) =>
  chance.of([0, -1, 0.5, 1e308, 2 ** 53, 1e9, true, null, "", "x", "x".repeat(1000), [], {}, [[]]]);

/** A maker of JSON like a sample, with up to three parts changed. */
export const likeJson = (samples) => (chance) => {
  let value = JSON.parse(chance.of(samples));
  for (let left = 1 + chance.below(3); left > 0; left--) value = changedPart(value, chance);
  return encoder.encode(JSON.stringify(value));
};

export const jsonl = (chance) => {
  const { columns, rows } = table(chance);
  const cell = (text) => (chance.below(6) === 0 ? json(chance, 2) : JSON.stringify(Number(text) || text));
  const lines = rows.map(
    (cells) => `{${cells.map((text, d) => `${JSON.stringify(columns[d].name)}:${cell(text)}`)}}`,
  );
  return encoder.encode(lines.join("\n"));
};

const step = (chance) =>
  `[${times(chance.below(4), () => (chance.below(9) === 0 ? json(chance, 2) : 40 + chance.below(80)))}]`;
const list = (chance, most, make) => `[${times(chance.below(most), () => make(chance))}]`;
export const roll = (chance) =>
  encoder.encode(`{"train":${list(chance, 4, (one) => list(one, 9, step))},"test":${json(chance, 4)}}`);

const point = (chance) => `[${times(3, () => (chance.below(9) === 0 ? json(chance, 1) : chance.below(2)))}]`;
export const strokes = (chance) => encoder.encode(list(chance, 4, (one) => list(one, 9, point)));

/** Any instructions of the machine, among them those that build much of little. */
const INSTRUCTIONS = [
  [0x5d],
  [0x29],
  [0x28],
  [0x4e],
  [0x4b, 7],
  [0x85],
  [0x86],
  [0x87],
  [0x74],
  [0x65],
  [0x61],
  [0x94],
  [0x68, 0],
  [0x68, 1],
  [0x93],
  [0x52],
  [0x62],
  [0x8c, 1, 0x61],
  [0x55, 2, 1, 2],
  [0x88],
  [0x63, ...encoder.encode("numpy\ndtype\n")],
  [0x63, ...encoder.encode("numpy.core.multiarray\n_reconstruct\n")],
];
export const pickle = (chance) =>
  Uint8Array.from([0x80, 4, ...times(chance.below(60), () => chance.of(INSTRUCTIONS)).flat(), 0x2e]);

const EVENTS = [
  [0x90, 60, 64],
  [0x80, 60, 0],
  [0x99, 40, 1],
  [0xff, 1, 2, 97, 98],
  [0xf0, 1, 0xf7],
  [0xc0, 1],
  [0xff, 1],
  [0xff, 0x2f, 0],
  [60, 1],
  [0xe0, 1, 1],
  [0xff, 1, 0xff, 0xff, 0xff, 0xff, 0x78],
  [0xf4],
];
const DELAYS = [[0], [0x60], [0x81, 0x40], [0xff, 0xff, 0xff, 0x7f], [0xff, 0xff, 0xff, 0xff, 1]];
export function midi(chance) {
  const track = times(chance.below(80), () => [...chance.of(DELAYS), ...chance.of(EVENTS)]).flat();
  const head = [0x4d, 0x54, 0x68, 0x64, 0, 0, 0, 6, 0, chance.below(3), 0, 1, 0, 1 + chance.below(96)];
  return Uint8Array.from([
    ...head,
    0x4d,
    0x54,
    0x72,
    0x6b,
    0,
    0,
    track.length >> 8,
    track.length & 255,
    ...track,
  ]);
}
