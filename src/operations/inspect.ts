import type { Column, Dataset, TimeColumn } from "../data/dataset.ts";
import { type ColumnLook, type Inspection, inspectionOf } from "../data/inspection.ts";
import type { Season } from "../data/seasons.ts";
import { columnRows } from "../data/summary.ts";
import { writtenTime } from "../data/tables/written-time.ts";
import { VrnnError } from "../errors.ts";
import { type DataSchema, dataSchema } from "../run/data-schema.ts";
import { schemaFileOf } from "../run/schema-file.ts";
import { aligned } from "../words/aligned.ts";
import { counted, grouped, percent } from "../words/figures.ts";
import { spanWords } from "../words/spans.ts";
import { sparkline } from "../words/sparkline.ts";
import * as z from "../zod.ts";
import { clockOf } from "./drawing.ts";
import { type Event, made } from "./event.ts";
import { operation } from "./usual.ts";
import { writtenFile } from "./written-inputs.ts";

export const inspect = operation({
  input: z.strictObject({
    schemaFile: writtenFile(
      "--schema <file>",
      "write what is inferred, to be edited and given to vrnn train --schema",
      ".json",
    ),
    picture: writtenFile("--picture <file>", "draw the longest sequence", ".svg"),
    schema: z.usually(dataSchema),
  }),
  output: "figures",
  async *run(context, { schemaFile, picture, schema }): AsyncGenerator<Event<Inspection>> {
    const data = tableOnly(await context.dataset(schema));
    const look = inspectionOf(data);
    const told = seenLines(look, data.time);
    const file = fileOf(data, schema, look);
    const drawn = picture === undefined ? undefined : await context.pictures?.inspection();
    yield {
      type: "artifacts",
      files: [
        ...made(schemaFile, () => `${JSON.stringify(file, null, 2)}\n`),
        ...(drawn === undefined
          ? []
          : made(picture, () => drawn(data.columns, look.shown, seenOf(look), clockOf(data.time)))),
      ],
    };
    yield { type: "lines", lines: [...sizeLines(look, data.time), ...columnLines(data, look), ...told] };
    const { shown: _, ...summary } = look;
    yield { type: "result", value: look, summary: { ...summary, schema: file } };
  },
});

/** What a picture says of columns. */
const seenOf = ({ columns }: Inspection): Readonly<Record<string, string>> =>
  Object.fromEntries(
    columns.flatMap(({ name, seasons }) =>
      seasons.length === 0 ? [] : [[name, `season ${seasons.map(({ steps }) => steps).join(", ")}`]],
    ),
  );

/** @throws VrnnError `data/inspect` for what has no columns */
function tableOnly(data: Awaited<ReturnType<Parameters<typeof inspect.run>[0]["dataset"]>>): Dataset {
  if (!("fields" in data)) return data;
  throw new VrnnError("data/inspect", "only tables that fit into memory are inspected", {
    remedy: "vrnn info tells what other data hold",
  });
}

const fileOf = (data: Dataset, schema: DataSchema, { columns }: Inspection) =>
  schemaFileOf(
    data,
    schema,
    Object.fromEntries(
      columns.map(({ name, seasons }, d) => {
        const { missing, minimum, maximum } = data.columns[d]!;
        return [
          name,
          {
            missing,
            minimum,
            maximum,
            ...(seasons.length > 0 && { seasons: seasons.map(({ steps }) => steps) }),
          },
        ];
      }),
    ),
  );

function sizeLines(
  { sequences, steps, lengths: [fewest, median, most], step }: Inspection,
  time: TimeColumn | undefined,
): string[] {
  const lengths =
    fewest === most ? "" : ` of ${grouped(fewest)} to ${grouped(most)} (median ${grouped(median)})`;
  const how = `${counted(sequences, "sequence")}${lengths}, ${counted(steps, "step")}`;
  if (time === undefined || step === undefined) return [how, "no time column: steps are counted"];
  const odd =
    step.irregular === 0
      ? ""
      : `, ${percent(step.irregular)} of distances differ, the longest is ${spanWords(step.longest)}`;
  return [how, `a step every ${spanWords(step.usual)} (column "${time.name}")${odd}`];
}

/** The width of the picture of a column. */
const WIDTH = 32;

function columnLines(
  { columns, conditions = [] }: Dataset,
  { columns: looks, shown, step }: Inspection,
): string[] {
  const own = columns.map((column, d) => [
    ...columnRows([column])[0]!,
    seasonWords(looks[d]!.seasons, step?.usual),
    courseOf(column, d, columns.length, shown),
  ]);
  const known = conditions.map((column) => {
    const [name, kind, ...rest] = columnRows([column])[0] as [string, string, ...string[]];
    return [name, `${kind}, ${column.role}`, ...rest];
  });
  const header = ["column", "kind", "range", "missing", "resolution", "seasons", `course of ${shown.name}`];
  return aligned([header, ...own, ...known]);
}

/** A line of bars; levels have no course. */
const courseOf = (
  { kind }: Column,
  d: number,
  width: number,
  { length, values }: Inspection["shown"],
): string =>
  kind === "categorical"
    ? "-"
    : sparkline(
        Float64Array.from({ length }, (_, t) => values[t * width + d]!),
        WIDTH,
      );

const seasonWords = (seasons: readonly Season[], step: number | undefined): string =>
  seasons.length === 0
    ? "-"
    : seasons
        .map(({ steps }) => (step === undefined ? String(steps) : `${steps} (${spanWords(steps * step)})`))
        .join(", ");

/** What is worth a line of its own: gaps and shifts. */
const seenLines = ({ columns, shown }: Inspection, time: TimeColumn | undefined): string[] =>
  columns.flatMap((look) => [...gapLines(look), ...shiftLines(look, shown, time)]);

/** A gap of fewer steps is not worth a line. */
const LONG_GAP = 3;

const gapLines = ({ name, gap }: ColumnLook): string[] =>
  gap < LONG_GAP ? [] : [`${name}: no value for ${counted(gap, "step")} at the longest`];

function shiftLines(
  { name, shift }: ColumnLook,
  { name: sequence, times }: Inspection["shown"],
  time: TimeColumn | undefined,
): string[] {
  if (shift === undefined) return [];
  const isShown = shift.sequence === sequence && time !== undefined && times !== undefined;
  const when = isShown ? ` (${writtenTime(times[shift.step]!, time)})` : "";
  const size = `${Math.abs(shift.deviations).toFixed(1)} deviations ${shift.deviations > 0 ? "up" : "down"}`;
  return [`${name}: the level shifts by ${size} about step ${shift.step + 1}${when} of ${shift.sequence}`];
}
