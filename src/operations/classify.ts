import type { LabelCalibration } from "../calibration/label-calibration.ts";
import { tempered } from "../calibration/temperature.ts";
import type { LabelField } from "../data/fields.ts";
import { VrnnError } from "../errors.ts";
import { type Classified, classifySequences, requireReadout } from "../inference/classify.ts";
import { natsOfEach } from "../inference/nats-of-each.ts";
import {
  type ClassSummary,
  classReport,
  classSummary,
  majoritySummary,
  type ToldLabel,
} from "../metrics/classes.ts";
import { option, usageError } from "../options.ts";
import type { Probe } from "../patterns/probe.ts";
import { labelOfRun } from "../run/run-fields.ts";
import { classesTable } from "../tables/classes-table.ts";
import { aligned } from "../words/aligned.ts";
import { counted, grouped, nats, percent } from "../words/figures.ts";
import * as z from "../zod.ts";
import { learnedLines, noneOfThese, strangerLines, strangersOf } from "./classify-none.ts";
import { classifiedBy, headWords, type ProbedOptions } from "./classify-probed.ts";
import type { Context } from "./context.ts";
import { nothingDraws } from "./drawing.ts";
import { type Event, note } from "./event.ts";
import { atLeastOne, readPath, seed } from "./inputs.ts";
import { operation } from "./usual.ts";
import { tableOut, writtenFile } from "./written-inputs.ts";

export const classify = operation({
  input: z.strictObject({
    out: tableOut(),
    seed: seed("of the draws of the latent variables"),
    samples: atLeastOne("--samples <count>", "draws whose probabilities are averaged", 4),
    probe: option(z._default(z.boolean(), false), {
      flag: "--probe",
      help: "by what vrnn probe learned of encodings (as is done where the model tells no labels)",
    }),
    labels: readPath(
      "--labels <file>",
      "by a probe: true labels, rows of sequence,label (default: the run's label column)",
    ),
    picture: writtenFile(
      "--picture <file>",
      "where a picture of what labels were told to be goes, if anywhere (SVG)",
      ".svg",
    ),
    none: option(z._default(z.number().check(z.minimum(0), z.maximum(1)), 0.05), {
      flag: "--none <share>",
      help: "none of these: as odd as this share of the validation split, by confidence and likelihood",
    }),
    /** How many sequences are computed side by side, and of labels of steps how many steps at once. */
    batchSize: z._default(z.int().check(z.minimum(1)), 16),
    window: z.optional(z.int().check(z.minimum(1))),
  }),
  output: "table",
  async *run(
    context,
    { out, window, probe: isProbed, labels, none: noneShare, picture, ...input },
    given,
  ): AsyncGenerator<Event<Classified[]>> {
    const { config, model, weights } = await context.run();
    const probe = isProbed || model.readout === undefined ? await context.files?.probe() : undefined;
    if (probe !== undefined) {
      refuseNone(given, "labels are told by a probe of encodings");
      return yield* byProbe(context, probe, { ...input, labels, out, picture });
    }
    refuseUnprobed(isProbed, labels);
    const { over } = requireReadout(model);
    if (over === "step") refuseNone(given, "each step has a label");
    const { levels, shares } = requireLabel(labelOfRun(config));
    const source = await context.source();
    const settings = { runtime: await context.runtime(), model, weights, fields: config.fields, source };
    const raw = await classifySequences({ ...settings, ...input, ...(window && { window }) });
    const learned = over === "sequence" ? await context.files?.labelCalibration() : undefined;
    const value = learned === undefined ? raw : raw.map((told) => temperedBy(learned, told));
    const none =
      learned && noneOfThese(learned, raw, await natsOfEach({ ...settings, seed: input.seed }), noneShare);
    const table = () => classesTable(value, { levels, over, none });
    yield { type: "artifacts", files: [{ path: out, content: table }] };
    const known = [...knownLabels(value, levels.length)];
    const figures = {
      model: classSummary(known, levels.length),
      majority:
        shares &&
        majoritySummary(
          known.map(({ label }) => label),
          shares,
        ),
    };
    yield { type: "lines", lines: figureLines(figures, levels) };
    const strangers = none && (await strangersOf(context, value, none, levels));
    if (strangers !== undefined) yield { type: "lines", lines: strangerLines(strangers) };
    if (over === "sequence") for (const line of learnedLines(learned, none)) yield note(line);
    if (figures.model === undefined) yield note(UNKNOWN);
    yield* drawn(context, picture, figures.model, levels);
    if (out !== undefined) yield note(`${counted(value.length, "sequence")} classified, written to ${out}`);
    const { accuracy, logLoss } = figures.majority ?? {};
    const summary = {
      ...{ out, over, levels, sequences: value.length, samples: input.samples, ...figures.model },
      ...(figures.majority && { majority: { accuracy, logLoss } }),
      ...(learned && { temperature: learned.temperature }),
      ...(none && { none: { share: noneShare, count: none.isNone.filter(Boolean).length, ...strangers } }),
    };
    yield { type: "result", value, summary };
  },
});

/** @throws VrnnError `usage/option` where it was said what is none of the labels, and nothing tells */
function refuseNone(given: object, why: string): void {
  if ("none" in given) throw usageError(`option '--none': ${why}`, "leave it out");
}

/** @throws VrnnError `run/no-probe`, `usage/option` where what only a probe reads was asked for */
function refuseUnprobed(isProbed: boolean, labels: string | undefined): void {
  if (isProbed)
    throw new VrnnError("run/no-probe", "the run has no probe of its weights", {
      remedy: "make one: vrnn probe <run>",
    });
  if (labels !== undefined)
    throw usageError(
      "option '--labels': a probe alone reads it",
      "make one with vrnn probe, or leave it out",
    );
}

interface ProbeInput extends ProbedOptions {
  readonly out: string | undefined;
  readonly picture: string | undefined;
}

/** The picture of what labels were told to be, where one was asked for. @throws VrnnError `operation/no-pictures`, `data/label` */
async function* drawn(
  { pictures }: Context,
  picture: string | undefined,
  summary: ClassSummary | undefined,
  levels: readonly string[],
): AsyncGenerator<Event<never>> {
  if (picture === undefined) return;
  if (pictures === undefined) throw nothingDraws();
  if (summary === undefined)
    throw new VrnnError("data/label", "no label is known, so there is nothing to draw", {
      at: "--picture",
      remedy: "leave it out, or give data with labels",
    });
  const draw = await pictures.confusion();
  const content = () => draw({ levels, confusion: summary.confusion });
  yield { type: "artifacts", files: [{ path: picture, content }] };
}

async function* byProbe(
  context: Context,
  probe: Probe,
  { out, picture, ...input }: ProbeInput,
): AsyncGenerator<Event<Classified[]>> {
  const { value, figures } = await classifiedBy(probe, context, input);
  const { levels, chosen } = probe;
  yield {
    type: "artifacts",
    files: [{ path: out, content: () => classesTable(value, { levels, over: "sequence" }) }],
  };
  if (figures === undefined) yield note(UNKNOWN);
  else {
    const rows = Object.entries(figures).map(([head, each]) => {
      const name = head as keyof typeof figures;
      return figureRow(`${headWords(name)}${name === chosen ? " *" : ""}`, each);
    });
    const head = [counted(figures[chosen].labelled, "label"), "right", "log-loss"];
    yield { type: "lines", lines: [...aligned([head, ...rows]), "", ...levelLines(figures[chosen], levels)] };
  }
  yield* drawn(context, picture, figures?.[chosen], levels);
  if (out !== undefined) yield note(`${counted(value.length, "sequence")} classified, written to ${out}`);
  const heads =
    figures && Object.entries(figures).map(([name, { accuracy, logLoss }]) => [name, { accuracy, logLoss }]);
  const summary = {
    ...{ out, over: "sequence", levels, sequences: value.length, probe: chosen, ...figures?.[chosen] },
    ...(heads && { heads: Object.fromEntries(heads) }),
  };
  yield { type: "result", value, summary };
}

/** The field that a readout was made for is there, as the run was built from it. */
function requireLabel(label: LabelField | undefined): LabelField {
  if (label !== undefined) return label;
  throw new VrnnError("run/no-label", "the run has no field of labels", { remedy: "train it anew" });
}

/** A sequence whose probabilities are put right. */
const temperedBy = ({ temperature }: LabelCalibration, told: Classified): Classified => ({
  ...told,
  logProb: tempered(told.logProb, temperature),
});

function* knownLabels(classified: readonly Classified[], levels: number): Generator<ToldLabel> {
  for (const { logProb, label } of classified)
    for (const [n, level] of label.entries())
      if (level >= 0) yield { label: level, logProb: logProb.subarray(n * levels, (n + 1) * levels) };
}

const UNKNOWN = "no label is known: there is nothing to hold these against";

const figureRow = (name: string, { accuracy, logLoss }: ClassSummary) => [
  name,
  percent(accuracy),
  nats(logLoss),
];

interface Figures {
  readonly model: ClassSummary | undefined;
  /** The most frequent level of the training split, told of everything; absent where that was not counted. */
  readonly majority: ClassSummary | undefined;
}

function figureLines({ model, majority }: Figures, levels: readonly string[]): string[] {
  if (model === undefined) return [];
  const figures = aligned([
    [counted(model.labelled, "label"), "right", "log-loss"],
    figureRow("the model", model),
    ...(majority === undefined ? [] : [figureRow("the most frequent label", majority)]),
  ]);
  return [...figures, "", ...levelLines(model, levels)];
}

/** Of each level how many there are, how many were told, how many rightly, and what that comes to. */
function levelLines({ confusion }: ClassSummary, levels: readonly string[]): string[] {
  const rows = classReport(confusion).map(({ count, told, right, precision, recall, f1 }, l) => [
    levels[l]!,
    ...[count, told, right].map(grouped),
    ...[precision, recall, f1].map((each) => (each === undefined ? "-" : percent(each))),
  ]);
  return aligned([["label", "true", "told", "rightly", "precision", "recall", "F1"], ...rows]);
}
