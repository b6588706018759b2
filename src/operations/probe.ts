import type { Sequence } from "../data/dataset.ts";
import { VrnnError } from "../errors.ts";
import { encodeSequences } from "../inference/encode.ts";
import { option } from "../options.ts";
import { poolNames } from "../patterns/pool.ts";
import { type FittedProbe, fitProbe, headNames, heads } from "../patterns/probe.ts";
import { aligned } from "../words/aligned.ts";
import { counted, nats, percent } from "../words/figures.ts";
import * as z from "../zod.ts";
import type { Context } from "./context.ts";
import { type Event, note } from "./event.ts";
import { atLeastOne, readPath, seed } from "./inputs.ts";
import { labelNames, labelRemedy, noLabels } from "./sequence-labels.ts";
import { type Subject, subjectOf } from "./subject.ts";
import { operation } from "./usual.ts";

export const probe = operation({
  input: z.strictObject({
    labels: readPath("--labels <file>", "rows of sequence,label (default: the label column of the run)"),
    pool: option(z._default(z.array(z.enum(poolNames)).check(z.minLength(1)), ["mean", "last", "sd"]), {
      flag: "--pool <ways>",
      help: `how encodings are pooled over steps: ${poolNames.join(", ")}, by comma`,
    }),
    samples: atLeastOne(
      "--samples <count>",
      "particles whose posteriors are taken together",
      16,
      "particles",
    ),
    seed: seed("of the particles and of how sequences are dealt to folds"),
  }),
  output: "figures",
  async *run(context, { labels: path, pool, samples, seed }): AsyncGenerator<Event<FittedProbe>> {
    const subject = await subjectOf(context, "probe", undefined, "train");
    const { settings, config } = subject;
    const labelled = await labelledOf(context, subject, path);
    const encoded = await encodeSequences({
      ...settings,
      sequences: labelled.sequences,
      particles: samples,
      seed,
    });
    const { levels, labels } = labelled;
    const { columns, model } = settings;
    const seen = { columns, conditions: model.conditions ?? [], encoded };
    const fitted = fitProbe(seen, { levels, labels, pools: pool, seed });
    yield { type: "lines", lines: figureLines(fitted, labels.length) };
    if (config.readout !== undefined)
      yield note("the model learned from labels: where these are among them its held-out figures flatter");
    yield note(verdictOf(fitted));
    for (const line of nearestNotes(fitted)) yield note(line);
    await context.files?.keepProbe(fitted.probe);
    if (context.files !== undefined)
      yield note(`kept with the run: vrnn classify ${context.files.path} tells the labels of other data`);
    const { heldOut, nearestNeighbour } = fitted;
    const figures = Object.fromEntries(
      headNames.map((name) => [name, { accuracy: heldOut[name].accuracy, logLoss: heldOut[name].logLoss }]),
    );
    const { chosen } = fitted.probe;
    const summary = { levels, sequences: labels.length, pool, chosen, heldOut: figures, nearestNeighbour };
    yield { type: "result", value: fitted, summary };
  },
});

/** Sequences whose label is known. */
interface LabelledSequences {
  readonly sequences: readonly Sequence[];
  readonly levels: readonly string[];
  /** `[N]`: the index of each one's level. */
  readonly labels: readonly number[];
}

/** @throws VrnnError `data/label` where there are not two levels to tell apart */
async function labelledOf(
  context: Context,
  { config, sequences }: Subject,
  path: string | undefined,
): Promise<LabelledSequences> {
  const names = (await labelNames(context, config, sequences, path)) ?? [];
  const known = sequences.flatMap((sequence, n) => {
    const label = names[n];
    return label === undefined ? [] : [{ sequence, label }];
  });
  const levels = [...new Set(known.map(({ label }) => label))].sort();
  if (levels.length < 2) throw nothingToTell(levels, sequences, path);
  return {
    sequences: known.map(({ sequence }) => sequence),
    levels,
    labels: known.map(({ label }) => levels.indexOf(label)),
  };
}

function nothingToTell(
  levels: readonly string[],
  all: readonly Sequence[],
  path: string | undefined,
): VrnnError {
  if (levels.length === 0) return noLabels(path, all);
  const what = `all labelled sequences are "${levels[0]}": there is nothing to tell apart`;
  return new VrnnError("data/label", what, {
    ...(path !== undefined && { at: path }),
    remedy: labelRemedy(all),
  });
}

function figureLines({ heldOut, nearestNeighbour, probe: { chosen } }: FittedProbe, count: number): string[] {
  const rows = headNames.map((name) => {
    const { accuracy, logLoss } = heldOut[name];
    return [`${heads[name].what}${name === chosen ? " *" : ""}`, percent(accuracy), nats(logLoss)];
  });
  const head = [`${counted(count, "labelled sequence")}, told by the others`, "right", "log-loss"];
  const { deviations, steps } = nearestNeighbour;
  const nearest = [
    ["the nearest by means and deviations", percent(deviations), ""],
    ...(steps === undefined ? [] : [["the nearest step by step", percent(steps), ""]]),
  ];
  return aligned([head, ...rows, ...nearest]);
}

/** Said where the nearest sequence tells more labels than the model does. */
function nearestNotes({ heldOut, nearestNeighbour, probe: { chosen } }: FittedProbe): string[] {
  const { deviations, steps = 0 } = nearestNeighbour;
  const [best, own] = [Math.max(deviations, steps), heldOut[chosen].accuracy];
  if (best <= own) return [];
  const by = steps > deviations ? "step by step" : "by means and deviations";
  return [
    `the nearest of the other sequences, ${by}, tells more labels rightly: ${percent(best)}, the model ${percent(own)}`,
  ];
}

/** Whether the model helps. */
function verdictOf({ heldOut, probe: { chosen } }: FittedProbe): string {
  const raw = headNames.filter((name) => !heads[name].isModels);
  const best = raw.reduce((a, b) => (heldOut[b].logLoss < heldOut[a].logLoss ? b : a));
  const [own, other] = [heldOut[chosen].logLoss, heldOut[best].logLoss];
  return own < other
    ? `labels are told by ${heads[chosen].what} (log-loss ${nats(own)}; ${heads[best].what} ${nats(other)})`
    : `${heads[best].what} tell the labels better than the model: log-loss ${nats(other)}, its own ${nats(own)}`;
}
