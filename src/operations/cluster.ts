import { VrnnError } from "../errors.ts";
import { encodeSequences } from "../inference/encode.ts";
import { normalisedMutualInformation } from "../metrics/clusters.ts";
import { option } from "../options.ts";
import { differencesOf, type Grouping, grouped } from "../patterns/cluster.ts";
import { columnFeatures, type Features, knownFeatures } from "../patterns/features.ts";
import { poolNames } from "../patterns/pool.ts";
import { clustersTable } from "../tables/clusters-table.ts";
import { aligned } from "../words/aligned.ts";
import { counted, percent } from "../words/figures.ts";
import * as z from "../zod.ts";
import type { Context } from "./context.ts";
import { nothingDraws } from "./drawing.ts";
import { type Event, type FileMade, note } from "./event.ts";
import { atLeastOne, readPath, seed } from "./inputs.ts";
import { labelNames, noLabels } from "./sequence-labels.ts";
import { subjectOf } from "./subject.ts";
import { operation } from "./usual.ts";
import { tableOut, writtenFile } from "./written-inputs.ts";

export const cluster = operation({
  input: z.strictObject({
    clusters: option(
      z._default(
        z.textOfForm(/^(auto|[2-9]|[1-9]\d{1,3})$/, "give auto or a whole number from 2 on"),
        "auto",
      ),
      {
        flag: "--clusters <count>",
        help: "how many groups; auto takes the number from 2 to 12 with the greatest silhouette",
      },
    ),
    pool: option(z._default(z.array(z.enum(poolNames)).check(z.minLength(1)), ["mean", "sd"]), {
      flag: "--pool <ways>",
      help: `how the states of the model are pooled over steps: ${poolNames.join(", ")}, by comma`,
    }),
    labels: readPath(
      "--labels <file>",
      "to hold the clusters against: rows of sequence,label (default: the run's label column)",
    ),
    out: tableOut(),
    picture: writtenFile(
      "--picture <file>",
      "where a picture of the latent space goes, if anywhere (SVG)",
      ".svg",
    ),
    samples: atLeastOne(
      "--samples <count>",
      "particles whose posteriors are taken together",
      16,
      "particles",
    ),
    seed: seed("the same seed gives the same clusters"),
  }),
  output: "table",
  async *run(
    context,
    { clusters, pool, labels, out, picture, samples, seed },
  ): AsyncGenerator<Event<Grouping>> {
    const { settings, sequences, config } = await subjectOf(context, "cluster", undefined, "train");
    const count = clusters === "auto" ? clusters : Number(clusters);
    requireEnough(sequences.length, count);
    const known = await labelNames(context, config, sequences, labels);
    if (labels !== undefined && known === undefined) throw noLabels(labels, sequences);
    const encoded = await encodeSequences({ ...settings, particles: samples, seed });
    const features = knownFeatures(encoded, pool);
    requireDifferent(features, count, pool);
    const value = await grouped(features, count, seed);
    const names = sequences.map(({ name }) => name);
    const raw = (ways: typeof pool) => columnFeatures(settings.columns, sequences, ways);
    yield {
      type: "artifacts",
      files: [
        { path: out, content: () => clustersTable(names, value) },
        ...(picture === undefined ? [] : [await pictureOf(context, picture, value, names)]),
      ],
    };
    yield { type: "lines", lines: groupLines(value, names, raw(["mean"])) };
    yield note(countNote(value));
    const agreement =
      known && agreementOf(value, known, await grouped(raw(["mean", "sd"]), value.centres.length, seed));
    if (agreement !== undefined)
      yield note(
        `normalised mutual information with ${labelled(known!, names.length)}: ${agreement.model.toFixed(3)}; principal components of the columns and k-means: ${agreement.columns.toFixed(3)}`,
      );
    if (out !== undefined) yield note(`${counted(names.length, "sequence")} clustered, written to ${out}`);
    const groups = value.centres.map((_, k) => ({
      cluster: k + 1,
      size: sizeOf(value, k),
      typical: names[value.typical[k]!],
    }));
    const said = { clusters: groups.length, groups, silhouettes: Object.fromEntries(value.silhouettes) };
    yield {
      type: "result",
      value,
      summary: { out, picture, sequences: names.length, ...said, ...(agreement && { agreement }) },
    };
  },
});

/** @throws VrnnError `cluster/few` for fewer sequences than clusters need */
function requireEnough(sequences: number, count: number | "auto"): void {
  const needed = count === "auto" ? 3 : count;
  if (sequences >= needed) return;
  throw new VrnnError(
    "cluster/few",
    `there ${sequences === 1 ? "is" : "are"} ${counted(sequences, "sequence")} to be put into ${count === "auto" ? "groups" : counted(count, "cluster")}`,
    {
      remedy: "give more with --data, or find the parts of a long one with vrnn segments",
    },
  );
}

/** @throws VrnnError `cluster/few` where fewer sequences differ than there are to be clusters */
function requireDifferent({ rows }: Features, count: number | "auto", pool: readonly string[]): void {
  const different = new Set(rows.map((row) => row.join())).size;
  if (different >= (count === "auto" ? 2 : count)) return;
  const what = `by ${pool.join(" and ")} of its states the model tells only ${counted(different, "sequence")} apart`;
  throw new VrnnError("cluster/few", what, {
    remedy: "pool in other ways (--pool mean,sd), or ask for fewer groups",
  });
}

/** "the labels", or of how many sequences they are where some have none. */
function labelled(known: readonly (string | undefined)[], sequences: number): string {
  const count = known.filter((label) => label !== undefined).length;
  return count === sequences ? "the labels" : `the labels of ${count} of ${counted(sequences, "sequence")}`;
}

const sizeOf = ({ clusters }: Grouping, cluster: number): number =>
  clusters.filter((own) => own === cluster).length;

/** How far each cluster reaches, its typical sequence, and in which columns it differs. */
function groupLines(value: Grouping, names: readonly string[], raw: Features): string[] {
  const rows = value.centres.map((_, k) => {
    const size = sizeOf(value, k);
    const told = differencesOf(raw, value, k, MOST_TOLD).map(
      ({ name, by }) => `${name.replace(/\.mean$/, "")} ${by > 0 ? "+" : "−"}${Math.abs(by).toFixed(1)}`,
    );
    return [
      String(k + 1),
      String(size),
      percent(size / names.length),
      names[value.typical[k]!]!,
      told.join(", ") || "–",
    ];
  });
  return aligned([["cluster", "sequences", "share", "typical", "means of columns, in deviations"], ...rows]);
}

const MOST_TOLD = 3;

/** Under this figure clusters run into each other (Kaufman and Rousseeuw 1990, table 4). */
const WEAK = 0.25;

function countNote({ centres, silhouettes }: Grouping): string {
  const width = silhouettes.get(centres.length)!;
  const how = silhouettes.size > 1 ? ", the greatest of the numbers tried" : "";
  const weak = width < WEAK ? ": the clusters run into each other" : "";
  return `${counted(centres.length, "cluster")}, silhouette ${width.toFixed(2)}${how}${weak}`;
}

function agreementOf(
  { clusters }: Grouping,
  labels: readonly (string | undefined)[],
  columns: Grouping,
): { readonly model: number; readonly columns: number } {
  const known = labels.flatMap((label, n) => (label === undefined ? [] : [{ label, n }]));
  const truth = known.map(({ label }) => label);
  const agreeing = (own: readonly number[]) =>
    normalisedMutualInformation(
      known.map(({ n }) => own[n]!),
      truth,
    );
  return { model: agreeing(clusters), columns: agreeing(columns.clusters) };
}

async function pictureOf(
  { pictures }: Context,
  path: string,
  { rows, shares, clusters, typical }: Grouping,
  names: readonly string[],
): Promise<FileMade> {
  if (pictures === undefined) throw nothingDraws();
  const draw = await pictures.latentSpace();
  const points = rows.map((row, n) => ({
    x: row[0] ?? 0,
    y: row[1] ?? 0,
    cluster: clusters[n]!,
    name: names[n]!,
    isTypical: typical[clusters[n]!] === n,
  }));
  return { path, content: () => draw({ points, shares: [shares[0] ?? 0, shares[1] ?? 0] }) };
}
