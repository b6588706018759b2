/** The figures that the documents quote: rows in docs/results/<area>.json, each with what it takes to measure it again. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { z } from "zod";

export const root = join(import.meta.dirname, "../..");
export const folder = join(root, "docs/results");

const number = z.number();
const text = z.string().min(1);

const fields = z.strictObject({
  /** The name of the row, unique over all areas. */
  row: z.string().regex(/^[a-z0-9][\w-]*$/),
  task: text,
  data: text,
  model: text,
  measure: text,
  unit: text,
  value: number,
  better: z.union([z.enum(["more", "less"]), z.strictObject({ near: number })]),
  /** What the random numbers came from; null where nobody wrote it down. */
  seeds: z.array(z.int()).min(1).nullable(),
  /** 95 % of value − best baseline, paired; null for a single run, whose verdict compares the bare figures. */
  interval: z.tuple([number, number]).nullable(),
  baselines: z.record(text, number),
  verdict: z.enum(["ahead", "level", "behind"]).nullable(),
  /** For a POSIX shell in an empty folder, with `vrnn`, $VRNN_DATA and $VRNN_ROOT; null where there is none any more. */
  command: text.nullable(),
  /** Where the figure stands in the JSON object that the command prints last. */
  extract: text.nullable(),
  /** Where baselines stand in it, by name; those that are not named come from elsewhere. */
  baselineExtracts: z.record(text, text).optional(),
  /** Where the interval of the value itself stands in it, `[low, high]`; absent: the interval is not renewed. */
  intervalExtract: text.optional(),
  /** How long the command took on the machine. */
  seconds: number.positive().nullable(),
  machine: text.nullable(),
  /** When the figure was written down, and the commit that did it. */
  date: z.iso.date(),
  commit: z.string().regex(/^[0-9a-f]{7,40}$/),
  /** How many settings were tried to come to this one; null where nobody counted. */
  settingsTried: z.int().nonnegative().nullable(),
  note: text.nullable(),
});

/** How far a value is from the best there is: less is better. */
const regret = (better, value) => {
  if (better === "more") return -value;
  return better === "less" ? value : Math.abs(value - better.near);
};

/** The baseline that comes nearest to the best there is. */
export const bestBaseline = ({ better, baselines }) =>
  Object.values(baselines).toSorted((a, b) => regret(better, a) - regret(better, b))[0];

/** What value, baselines and interval say; null without baselines. */
export function verdictOf(row) {
  const rival = bestBaseline(row);
  if (rival === undefined) return null;
  const gain = (difference) => regret(row.better, rival) - regret(row.better, rival + difference);
  const gains = (row.interval ?? [row.value - rival]).map(gain);
  if (gains.every((each) => each > 0)) return "ahead";
  return gains.every((each) => each < 0) ? "behind" : "level";
}

/** One figure. */
export const rowSchema = fields.superRefine((row, context) => {
  const refuse = (path, message) => context.addIssue({ code: "custom", path: [path], message });
  const told = verdictOf(row);
  if (row.verdict !== told) refuse("verdict", `${row.verdict} stands there, value and baselines say ${told}`);
  const [low, high] = row.interval ?? [0, 0];
  if (low > high) refuse("interval", "the lower end comes first");
  if (row.interval !== null && bestBaseline(row) === undefined)
    refuse("interval", "it is the difference from the best baseline, and there is none");
  if ((row.command === null) !== (row.extract === null))
    refuse("extract", "a command and the place of its figure come together");
  for (const name of Object.keys(row.baselineExtracts ?? {}))
    if (row.baselines[name] === undefined) refuse("baselineExtracts", `there is no baseline ${name}`);
  if (row.intervalExtract !== undefined && row.interval === null)
    refuse("intervalExtract", "there is no interval to renew");
  if (row.command === null && row.note === null)
    refuse("note", "without a command it says why there is none");
});

/** The files of rows, by area. */
export const areas = () =>
  readdirSync(folder)
    .filter((file) => file.endsWith(".json"))
    .sort()
    .map((file) => ({ area: basename(file, ".json"), path: join(folder, file) }));

/** All rows, each with its area. */
export function readRows() {
  const rows = areas().flatMap(({ area, path }) =>
    JSON.parse(readFileSync(path, "utf8")).map((row) => ({ area, ...parsed(row, path) })),
  );
  const names = rows.map(({ row }) => row);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new Error(`docs/results: there are two rows ${twice}`);
  return rows;
}

function parsed(row, path) {
  const { data, error } = rowSchema.safeParse(row);
  if (error) throw new Error(`${basename(path)}, row ${row?.row}:\n${z.prettifyError(error)}`);
  return data;
}

/** The text of a file of rows: one to a line, so that a change is a line. */
export const fileOf = (rows) => `[\n${rows.map((row) => `  ${JSON.stringify(row)}`).join(",\n")}\n]\n`;
