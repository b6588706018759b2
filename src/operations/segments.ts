import { secondsOf } from "../anomaly/entry-scores.ts";
import type { Column, TimeColumn } from "../data/dataset.ts";
import { encodeSequences } from "../inference/encode.ts";
import { boundaryQuality } from "../metrics/boundaries.ts";
import { option } from "../options.ts";
import {
  type Cut,
  cutAlong,
  type Segment,
  type Segmented,
  type SegmentPath,
  segmentPaths,
} from "../patterns/segments.ts";
import { seriesOf } from "../report/series.ts";
import { changeWords, segmentsTable } from "../tables/segments-table.ts";
import { aligned } from "../words/aligned.ts";
import { counted, grouped, nats } from "../words/figures.ts";
import * as z from "../zod.ts";
import type { Context } from "./context.ts";
import { clockOf, nothingDraws } from "./drawing.ts";
import { type Event, type FileMade, note } from "./event.ts";
import { atLeastOne, seed } from "./inputs.ts";
import { subjectOf } from "./subject.ts";
import { operation } from "./usual.ts";
import { tableOut, writtenFile } from "./written-inputs.ts";

export const segments = operation({
  input: z.strictObject({
    of: option(z._default(z.enum(["auto", ...segmentPaths]), "auto"), {
      flag: "--of <what>",
      help: "along what: latent (the states of the model), columns (the data as they stand), or auto, what falls into segments more clearly, a rule of thumb",
    }),
    minimum: option(z._default(z.int().check(z.minimum(2)), 10), {
      flag: "--least <steps>",
      help: "the fewest steps of a segment",
    }),
    penalty: option(z._default(z.number().check(z.gt(0)), 0.75), {
      flag: "--penalty <factor>",
      help: "what a further segment costs: more gives fewer",
    }),
    out: tableOut(),
    picture: writtenFile(
      "--picture <file>",
      "where a picture of the first sequence goes, if anywhere (SVG)",
      ".svg",
    ),
    samples: atLeastOne(
      "--samples <count>",
      "particles whose posteriors are taken together",
      16,
      "particles",
    ),
    seed: seed("the same seed gives the same segments"),
  }),
  output: "table",
  async *run(
    context,
    { of, minimum, penalty, out, picture, samples, seed },
  ): AsyncGenerator<Event<readonly Segmented[]>> {
    const { settings, time } = await subjectOf(context, "segments");
    const { columns } = settings;
    const all = await encodeSequences({ ...settings, particles: samples, seed });
    const cuts = segmentPaths.map((path) => cutAlong(all, columns, { path, minimum, penalty }));
    const chosen = of === "auto" ? clearest(cuts) : cuts.find(({ path }) => path === of)!;
    const other = cuts.find((cut) => cut !== chosen)!;
    const { path, sequences: value } = chosen;
    yield {
      type: "artifacts",
      files: [
        { path: out, content: () => segmentsTable(value, time) },
        ...(picture === undefined ? [] : [await pictureOf(context, picture, value[0], columns, time)]),
      ],
    };
    yield { type: "lines", lines: segmentLines(value, columns.length) };
    const changes = changesIn(value);
    const shared = sharedOf(value, other.sequences, minimum);
    yield note(
      `${counted(changes, "change")} of ${pathWords[path]} in ${counted(value.length, "sequence")}; of ${pathWords[other.path]} ${grouped(changesIn(other.sequences))}, ${grouped(shared)} of them the same`,
    );
    if (of === "auto") yield note(choiceNote(chosen, other));
    if (out !== undefined) yield note(`written to ${out}`);
    const told = value.map(({ encoded, segments: own }) => ({
      sequence: encoded.sequence.name,
      segments: own.map(({ start, end, changes: changed }) => ({
        from: start + 1,
        to: end,
        changed: changeWords(changed),
      })),
    }));
    const saved = Object.fromEntries(cuts.map((cut) => [cut.path, cut.saved]));
    const summary = { out, picture, of: path, saved, changes, shared, sequences: told };
    yield { type: "result", value, summary };
  },
});

const pathWords: Readonly<Record<SegmentPath, string>> = {
  latent: "the states of the model",
  columns: "the columns",
};

function choiceNote(chosen: Cut, other: Cut): string {
  if (!(chosen.saved > other.saved))
    return "neither the states of the model nor the columns fall into segments";
  return `${pathWords[chosen.path]} fall into segments more clearly (${nats(chosen.saved)} nats saved a step and number) than ${pathWords[other.path]} (${nats(other.saved)}): --of ${other.path} cuts along these`;
}

/** What falls into segments most clearly; the state of the model where both do alike. */
const clearest = (cuts: readonly Cut[]): Cut => cuts.reduce((a, b) => (b.saved > a.saved ? b : a));

const changesIn = (all: readonly Segmented[]): number =>
  all.reduce((sum, { segments: own }) => sum + own.length - 1, 0);

const startsOf = (own: readonly Segment[]): number[] => own.slice(1).map(({ start }) => start);

/** How many changes of one path are near one of the other. */
function sharedOf(value: readonly Segmented[], others: readonly Segmented[], margin: number): number {
  return value.reduce((sum, { segments: own }, i) => {
    const found = startsOf(own);
    const truth = startsOf(others[i]!.segments);
    return sum + Math.round(boundaryQuality(found, truth, margin).recall * truth.length);
  }, 0);
}

const MOST_SHOWN = 20;

/** The changes of the first sequences in words. */
function segmentLines(all: readonly Segmented[], columns: number): string[] {
  const rows = all.flatMap(({ encoded: { sequence }, segments: own }) =>
    own
      .slice(1)
      .map(({ start, changes }) => [
        sequence.name,
        String(start + 1),
        changeWords(changes) || (columns === 1 ? "how it moves" : "how columns go together"),
      ]),
  );
  if (rows.length === 0) return [];
  return aligned([["sequence", "step", "what changed"], ...rows.slice(0, MOST_SHOWN)]);
}

const MOST_DRAWN = 6;

async function pictureOf(
  { pictures }: Context,
  path: string,
  first: Segmented | undefined,
  columns: readonly Column[],
  time: TimeColumn | undefined,
): Promise<FileMade> {
  if (pictures === undefined || first === undefined) throw nothingDraws();
  const draw = await pictures.segments();
  const clock = clockOf(time);
  const { encoded, segments: own } = first;
  const { sequence } = encoded;
  const content = {
    name: sequence.name,
    times: [...secondsOf(sequence)],
    starts: own.map(({ start }) => start),
    columns: drawnColumns(own, columns).map((d) => ({
      name: columns[d]!.name,
      values: seriesOf(sequence, d, columns.length),
    })),
  };
  return {
    path,
    content: () => draw(content, clock),
  };
}

/** The columns that changed most often and most, in their order in the data. */
function drawnColumns(own: readonly Segment[], columns: readonly Column[]): number[] {
  const weight = columns.map(({ name }) =>
    own.reduce((sum, { changes }) => {
      const change = changes.find((each) => each.name === name);
      return sum + (change === undefined ? 0 : Math.abs(change.level) + Math.abs(Math.log(change.spread)));
    }, 0),
  );
  const order = columns.map((_, d) => d).sort((a, b) => weight[b]! - weight[a]!);
  return order.slice(0, MOST_DRAWN).sort((a, b) => a - b);
}
