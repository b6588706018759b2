/** The `.ts` files of the archives of UEA and UCR: time series with a class each. */
import { VrnnError } from "../../errors.ts";
import { counted } from "../../words/figures.ts";
import type { CellReader } from "./cells.ts";
import type { SchemaOptions } from "./schema.ts";
import { type ArchivedSeries, numbersOf, seriesTables } from "./series.ts";
import type { Table } from "./table.ts";

/** What the lines before `@data` say. */
interface Head {
  /** What stands after the channels of each series: one of these classes, any number, or nothing. */
  readonly told: "class" | "target" | undefined;
  readonly classes: ReadonlySet<string>;
  /** How many lines it takes. */
  readonly lines: number;
}

/**
 * A table for each series of a `.ts`: lines of channels set off by colons, each of values set off by commas, the class last
 * where `@classLabel true` says so (a number where `@targetLabel true` does). Series may differ in length; `?` is missing.
 *
 * @throws VrnnError `data/ts` with the line: no `@data`, time stamps, series that differ in their channels, channels of one
 * series that differ in length, a class that `@classLabel` does not list, what is no number
 * @example
 * parseTimeSeries("@classLabel true a b\n@data\n1,2:3,4:a\n", "x.ts", "x", cells, { label: "class" });
 * // [{ name: "x 1", rows: 2, columns: { m0: [1, 2], m1: [3, 4], class: ["a", "a"] } }]
 */
export function parseTimeSeries(
  text: string,
  file: string,
  name: string,
  cells: CellReader,
  options: SchemaOptions = {},
): readonly Table[] {
  const lines = text.split(/\r\n|\n|\r/);
  const head = headOf(lines, file);
  const series = lines
    .slice(head.lines)
    .map((line, i) => ({ line: line.trim(), number: head.lines + i + 1 }))
    .filter(({ line }) => line !== "" && !line.startsWith("#") && !line.startsWith("%"))
    .map(({ line, number }) => seriesOf(line, number, head, cells, file));
  if (series.length === 0) throw refused("there is no series after @data", file);
  refuseOdd(series, file);
  return seriesTables(series, { file, name, told: head.told ?? "class" }, cells, options);
}

function headOf(lines: readonly string[], file: string): Head {
  const end = lines.findIndex((line) => /^@data\s*$/i.test(line.trim()));
  if (end < 0) throw refused("there is no line @data", file, "end the header with @data");
  const said = (key: string) => lineAbout(key, lines.slice(0, end));
  if (said("timestamps")?.[0] === "true")
    throw refused(
      "its values have time stamps, which are not read",
      file,
      "write a table with a column of times",
    );
  const [hasClass, ...classes] = said("classlabel") ?? [];
  const hasTarget = said("targetlabel")?.[0] === "true";
  return {
    told: hasClass === "true" ? "class" : hasTarget ? "target" : undefined,
    classes: new Set(classes),
    lines: end + 1,
  };
}

/** The words after a key, in any case of the key; undefined where no line has it. */
function lineAbout(key: string, lines: readonly string[]): string[] | undefined {
  const words = lines.map((line) => line.trim().split(/\s+/));
  const found = words.find(([first = ""]) => first.toLowerCase() === `@${key}`);
  return found && [found[1]?.toLowerCase() ?? "", ...found.slice(2)];
}

function seriesOf(
  line: string,
  number: number,
  { told, classes }: Head,
  cells: CellReader,
  file: string,
): ArchivedSeries {
  const at = `${file}:${number}`;
  const parts = line.split(":");
  const own = told === undefined ? undefined : parts.pop()!.trim();
  if (own !== undefined && classes.size > 0 && !classes.has(own) && !cells.isMissing(own))
    throw refused(
      `the class "${own}" is none of ${[...classes].join(", ")}`,
      at,
      "list it after @classLabel",
    );
  if (parts.length === 0) throw refused("the series has no values", at);
  const channels = parts.map((part) => numbersOf(part.split(","), cells, (what) => refused(what, at)));
  const uneven = channels.findIndex(({ length }) => length !== channels[0]!.length);
  if (uneven >= 0)
    throw refused(
      `channel ${uneven + 1} has ${counted(channels[uneven]!.length, "value")}, the first has ${channels[0]!.length}`,
      at,
      "give the channels of a series one length, with ? for what is missing",
    );
  return { channels, line: number, ...(own !== undefined && !cells.isMissing(own) && { told: own }) };
}

function refuseOdd(series: readonly ArchivedSeries[], file: string): void {
  const [first] = series as readonly [ArchivedSeries];
  const odd = series.find(({ channels }) => channels.length !== first.channels.length);
  if (odd === undefined) return;
  throw refused(
    `${counted(odd.channels.length, "channel")} where line ${first.line} has ${first.channels.length}`,
    `${file}:${odd.line}`,
    "give all series the same channels",
  );
}

const refused = (what: string, at: string, remedy = "write it as the archive of UEA does"): VrnnError =>
  new VrnnError("data/ts", what, { at, remedy });
