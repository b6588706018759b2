import type { LabelField } from "../data/fields.ts";
import { VrnnError } from "../errors.ts";
import { type Classified, classifySequences, requireReadout } from "../inference/classify.ts";
import { type ClassSummary, classSummary, majoritySummary, type ToldLabel } from "../metrics/classes.ts";
import { labelOfRun } from "../run/run-fields.ts";
import { classesTable } from "../tables/classes-table.ts";
import { aligned } from "../words/aligned.ts";
import { counted, grouped, nats, percent } from "../words/figures.ts";
import * as z from "../zod.ts";
import { type Event, note } from "./event.ts";
import { atLeastOne, seed, tableOut } from "./inputs.ts";
import { operation } from "./usual.ts";

export const classify = operation({
  input: z.strictObject({
    out: tableOut(),
    seed: seed("of the draws of the latent variables"),
    samples: atLeastOne("--samples <count>", "draws whose probabilities are averaged", 4),
    /** How many sequences are computed side by side, and of labels of steps how many steps at once. */
    batchSize: z._default(z.int().check(z.minimum(1)), 16),
    window: z.optional(z.int().check(z.minimum(1))),
  }),
  output: "table",
  async *run(context, { out, window, ...input }): AsyncGenerator<Event<Classified[]>> {
    const { config, model, weights } = await context.run();
    const { over } = requireReadout(model);
    const { levels, shares } = requireLabel(labelOfRun(config));
    const source = await context.source();
    const settings = { runtime: await context.runtime(), model, weights, fields: config.fields, source };
    const value = await classifySequences({ ...settings, ...input, ...(window && { window }) });
    const table = () => classesTable(value, { levels, over });
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
    if (figures.model === undefined) yield note("no label is known: there is nothing to hold these against");
    if (out !== undefined) yield note(`${counted(value.length, "sequence")} classified, written to ${out}`);
    const { accuracy, logLoss } = figures.majority ?? {};
    const summary = {
      ...{ out, over, levels, sequences: value.length, samples: input.samples, ...figures.model },
      ...(figures.majority && { majority: { accuracy, logLoss } }),
    };
    yield { type: "result", value, summary };
  },
});

/** The field that a readout was made for is there, as the run was built from it. */
function requireLabel(label: LabelField | undefined): LabelField {
  if (label !== undefined) return label;
  throw new VrnnError("run/no-label", "the run has no field of labels", { remedy: "train it anew" });
}

function* knownLabels(classified: readonly Classified[], levels: number): Generator<ToldLabel> {
  for (const { logProb, label } of classified)
    for (const [n, level] of label.entries())
      if (level >= 0) yield { label: level, logProb: logProb.subarray(n * levels, (n + 1) * levels) };
}

interface Figures {
  readonly model: ClassSummary | undefined;
  /** The most frequent level of the training split, told of everything; absent where that was not counted. */
  readonly majority: ClassSummary | undefined;
}

function figureLines({ model, majority }: Figures, levels: readonly string[]): string[] {
  if (model === undefined) return [];
  const row = (name: string, { accuracy, logLoss }: ClassSummary) => [name, percent(accuracy), nats(logLoss)];
  const figures = aligned([
    [counted(model.labelled, "label"), "right", "log-loss"],
    row("the model", model),
    ...(majority === undefined ? [] : [row("the most frequent label", majority)]),
  ]);
  return [...figures, "", ...levelLines(model, levels)];
}

/** Of each level how many there are, how many were told, and how many rightly. */
function levelLines({ confusion }: ClassSummary, levels: readonly string[]): string[] {
  const sum = (counts: readonly number[]) => counts.reduce((all, count) => all + count, 0);
  const rows = levels.map((level, l) => [
    level,
    grouped(sum(confusion[l]!)),
    grouped(sum(confusion.map((told) => told[l]!))),
    grouped(confusion[l]![l]!),
  ]);
  return aligned([["label", "true", "told", "rightly"], ...rows]);
}
