import { type Findings, findIncidents } from "../anomaly/find-incidents.ts";
import { paired } from "../collections.ts";
import type { Sequence } from "../data/dataset.ts";
import { centreChoices } from "../distributions/requests.ts";
import { VrnnError } from "../errors.ts";
import { followings } from "../inference/following.ts";
import type { SequenceScores, StepScores } from "../inference/score.ts";
import { auroc } from "../metrics/auroc.ts";
import type { Incident } from "../metrics/detection.ts";
import { capabilitiesOf } from "../models/model.ts";
import { detectTable } from "../tables/detect-table.ts";
import { alarmWords } from "../words/alarms.ts";
import { aligned } from "../words/aligned.ts";
import { counted, grouped, percent, rate } from "../words/figures.ts";
import type { RunDetector } from "../workbench/detector.ts";
import { type Context, filesOf } from "./context.ts";
import { detectInput } from "./detect-input.ts";
import type { Judged, LabelledQuality, PointQuality } from "./detect-labels.ts";
import { clockOf, nothingDraws } from "./drawing.ts";
import { type Event, made, note } from "./event.ts";
import { toldOf } from "./incident-told.ts";
import { materialOf } from "./materials/index.ts";
import type { DetectedFrames } from "./materials/material.ts";
import { type Subject, subjectOf } from "./subject.ts";
import { operation } from "./usual.ts";

/** What was found in some data. */
export interface Detected {
  readonly found: readonly Findings[];
  /** How odd each sequence is as a whole; undefined where there are too few clean ones to hold it against. */
  readonly wholes: Float64Array | undefined;
  readonly quality: LabelledQuality | undefined;
}

/** Particles, for models that no posterior leads from step to step. */
const PARTICLES = 100;

/** So many incidents are listed for a person; the rest is in the files. */
const LISTED = 20;

export const detect = operation({
  input: detectInput,
  output: "figures",
  async *run(context, input): AsyncGenerator<Event<Detected | DetectedFrames>> {
    const { detect: own } = await materialOf(context);
    if (own !== undefined) return yield* own(context, input);
    const subject = await subjectOf(
      context,
      "detect",
      input.labels === undefined ? undefined : { keepsCells: true },
    );
    const labels = await labelsOf(context, subject.sequences, input.labels);
    const { settings, sequences, time } = subject;
    const { columns, model } = settings;
    const following = followings[capabilitiesOf(model).guided ? "posterior" : "particles"](PARTICLES);
    const { alarmsPerHour, alarmsPerThousandSteps, lasting, seed } = input;
    const rates = { alarmsPerHour, alarmsPerThousandSteps, lasting };
    const fitted = await filesOf(context).detector({ path: input.clean, seed, following, ...rates });
    const { detector, isTimed, clean } = fitted;
    yield note(
      `an alarm is set for ${alarmWords(detector.wanted, isTimed)} at most, by ${counted(cleanSteps(clean), "clean step")}`,
    );
    for (const line of centreNotes(subject)) yield note(line);
    const scores = await following.score({ ...settings, seed });
    const found = paired(sequences, scores).map(([sequence, own]) =>
      findIncidents(sequence, own, { detector, columns, adapts: input.adapt }),
    );
    const wholes = await wholesOf(fitted, scores);
    const { quality, spans } = labels ? await judged({ found, labels, detector, columns, clean }) : {};
    yield {
      type: "artifacts",
      files: [
        ...made(input.out, () => detectTable(columns, found, time)),
        ...made(input.incidents, () => incidentLines(found)),
        ...(input.picture === undefined
          ? []
          : [await pictureOf(context, input.picture, { found, fitted, subject, spans })]),
      ],
    };
    const told = summaryOf(found, detector.threshold, wholes, labels);
    yield { type: "lines", lines: linesOf(found, told, quality) };
    const { out, incidents, picture } = input;
    yield {
      type: "result",
      value: { found, wholes, quality },
      summary: {
        out,
        incidentsFile: incidents,
        picture,
        wanted: detector.wanted,
        ...told,
        ...(quality && { quality }),
      },
    };
  },
});

/** Said of a model most of whose columns are told around what was seen before. */
function centreNotes({ config, settings: { columns } }: Subject): string[] {
  const centreOf = centreChoices(columns, (config.model["center"] ?? []) as readonly string[]);
  const looking = columns.filter((column) => centreOf(column).references.length > 0);
  if (looking.length * 2 <= columns.length) return [];
  const told = `${looking.length} of ${counted(columns.length, "column")} ${looking.length === 1 ? "is" : "are"} told around what was seen before`;
  return [
    `${told}: a level that stays stands out where it begins and ends (throughout after vrnn train --center mean)`,
  ];
}

const cleanSteps = (clean: readonly Sequence[]): number => clean.reduce((sum, { length }) => sum + length, 0);

/**
 * The labels of each step, by a column of the data or by a file; undefined where none were named.
 *
 * @throws VrnnError `labels/length` for a file of another number of labels, `labels/...` for one that cannot be read
 */
async function labelsOf(
  context: Context,
  sequences: readonly Sequence[],
  named: string | undefined,
): Promise<Uint8Array[] | undefined> {
  if (named === undefined) return undefined;
  const { rowLabels, saysYes } = filesOf(context);
  if (sequences.every(({ cells }) => cells?.has(named)))
    return sequences.map(({ cells }) =>
      Uint8Array.from(cells!.get(named)!, (cell) => (saysYes(cell) ? 1 : 0)),
    );
  const all = rowLabels(named);
  const steps = cleanSteps(sequences);
  if (all.length !== steps)
    throw new VrnnError("labels/length", `${grouped(all.length)} labels for ${grouped(steps)} steps`, {
      at: named,
      remedy: "give one a line for each row of the data, in their order",
    });
  let from = 0;
  return sequences.map(({ length }) => {
    from += length;
    return all.subarray(from - length, from);
  });
}

interface Judgement {
  readonly quality?: LabelledQuality | undefined;
  /** The labelled stretches of each sequence. */
  readonly spans?: readonly (readonly Incident[])[];
}

/** What labels say of what was found; who has none does without the rules that they are held against. */
async function judged(what: Judged): Promise<Judgement> {
  const { incidentsBy, qualityBy } = await import("./detect-labels.ts");
  const spans = what.labels.map((own, i) => incidentsBy(what.found[i]!.sequence, own));
  return { quality: qualityBy(what), spans };
}

/** Under so many clean sequences there is nothing to hold a whole one against. */
const LEAST_CLEAN_SEQUENCES = 20;

/** How odd each sequence is as a whole, where there are clean ones enough and a posterior tells of their latent variables. */
async function wholesOf(
  { scores: clean }: RunDetector,
  scores: readonly StepScores[],
): Promise<Float64Array | undefined> {
  const whole = clean.filter((one): one is SequenceScores => "latent" in one && one.length > 0);
  if (whole.length < LEAST_CLEAN_SEQUENCES) return undefined;
  const { fitSequences, sequenceScore } = await import("./detect-wholes.ts");
  const model = fitSequences(whole);
  return Float64Array.from(scores, (one) => sequenceScore(model, one as SequenceScores));
}

/** The incidents as JSON, one a line. */
const incidentLines = (found: readonly Findings[]): string =>
  found
    .flatMap(({ sequence, incidents }) =>
      incidents.map((one) => `${JSON.stringify(toldOf(sequence.name, one))}\n`),
    )
    .join("");

interface Pictured {
  readonly found: readonly Findings[];
  readonly fitted: RunDetector;
  readonly subject: Subject;
  readonly spans: Judgement["spans"];
}

async function pictureOf({ pictures }: Context, path: string, { found, fitted, subject, spans }: Pictured) {
  if (pictures === undefined) throw nothingDraws();
  const draw = await pictures.detection();
  const clock = clockOf(subject.time);
  return { path, content: () => draw(found, fitted.detector, subject.settings.columns, spans, clock) };
}

/** What JSON holds of what was found. */
function summaryOf(
  found: readonly Findings[],
  threshold: number,
  wholes: Float64Array | undefined,
  labels: readonly Uint8Array[] | undefined,
) {
  const steps = found.reduce((sum, { sequence }) => sum + sequence.length, 0);
  const odd = found.reduce((sum, { flags }) => sum + flags.reduce((own, flag) => own + flag, 0), 0);
  const incidents = found.flatMap(({ sequence, incidents: own }) =>
    own.map((one) => toldOf(sequence.name, one)),
  );
  const whole = wholes && {
    wholes: Object.fromEntries(
      found.map(({ sequence }, i) => [sequence.name, Number(wholes[i]!.toFixed(4))]),
    ),
    ...wholeQuality(wholes, labels),
  };
  return { sequences: found.length, steps, odd, threshold, incidents, ...whole };
}

/** Where each sequence is labelled throughout or not at all, how well the wholes tell them. */
function wholeQuality(wholes: Float64Array, labels: readonly Uint8Array[] | undefined) {
  if (labels === undefined || !labels.every((own) => own.every((label) => label === own[0]))) return {};
  const positive = Uint8Array.from(labels, (own) => own[0] ?? 0);
  return positive.includes(0) && positive.includes(1) ? { wholesAuroc: auroc(wholes, positive) } : {};
}

function linesOf(
  found: readonly Findings[],
  { steps, odd, incidents }: ReturnType<typeof summaryOf>,
  quality: LabelledQuality | undefined,
): string[] {
  const many = found.length > 1;
  const listed = incidents.toSorted((a, b) => b.severity - a.severity).slice(0, LISTED);
  const inOrder = incidents.filter((one) => listed.includes(one));
  const rows = inOrder.map(({ sequence, grade, text }) => [...(many ? [sequence] : []), grade, text]);
  const head = `${counted(incidents.length, "incident")} in ${counted(steps, "step")}, ${grouped(odd)} of them odd (${percent(odd / Math.max(steps, 1))})`;
  const unit = found.every(({ sequence }) => sequence.times === undefined) ? "steps" : "s";
  const more =
    incidents.length > LISTED ? [`the ${LISTED} most severe are listed; --incidents <file> has all`] : [];
  return [head, ...aligned(rows), ...more, ...(quality ? ["", ...qualityLines(quality, unit)] : [])];
}

/** @param unit what a step's time is counted in */
function qualityLines({ points, incidents, nab, baselines }: LabelledQuality, unit: "s" | "steps"): string[] {
  const row = (
    name: string,
    { auroc: area, averagePrecision, bestF1, f1, precision, recall }: PointQuality,
  ) => [
    name,
    ...[area, averagePrecision, bestF1, f1, precision, recall].map((value) => value?.toFixed(3) ?? "–"),
  ];
  const best = Object.entries(baselines).toSorted((a, b) => b[1].bestF1 - a[1].bestF1)[0]!;
  const verdict =
    points.bestF1 >= best[1].bestF1 ? [] : [`the rule ${best[0]} tells these labels better than the model`];
  const { total, found, medianDelaySeconds, events, precision } = incidents;
  const delay = medianDelaySeconds === null ? "–" : `${rate(medianDelaySeconds)} ${unit}`;
  return [
    ...aligned([
      ["by step", "AUROC", "average precision", "best F1", "own F1", "precision", "recall"],
      row("vrnn", points),
      row("pca", baselines.pca),
      row("movingZ", baselines.movingZ),
    ]),
    `by incident: ${found} of ${total} found, median delay ${delay}, ${counted(events, "alarm")} of which ${percent(precision ?? 0)} right`,
    `NAB score (standard): ${nab.own.score.toFixed(1)} at the own threshold, ${nab.optimised.score.toFixed(1)} at the best`,
    ...verdict,
  ];
}
