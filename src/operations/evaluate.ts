import { cutSource } from "../data/cut-source.ts";
import type { SequenceSource } from "../data/source.ts";
import type { NatsSummary } from "../metrics/nats.ts";
import { capabilitiesOf, type Model } from "../models/model.ts";
import { boundNames, particleOptions } from "../objectives/bounds.ts";
import { boundName, loadObjective, type ObjectiveName, readersOf } from "../objectives/loading.ts";
import type { Objective } from "../objectives/objective.ts";
import { flagName, metaOf, option, usageError } from "../options.ts";
import type { BoundSummary } from "../train/events.ts";
import {
  evaluateEach,
  evaluateRun,
  evaluateRunDynamically,
  type SequenceBound,
} from "../workbench/evaluate.ts";
import * as z from "../zod.ts";
import type { Context } from "./context.ts";
import { type Compared, type Comparison, compared } from "./evaluate-against.ts";
import { type EvaluationTold, linesTold, summaryTold } from "./evaluate-told.ts";
import { type Event, type NoteEvent, note } from "./event.ts";
import { readPath } from "./inputs.ts";
import { hasLabelsBeside, labelsTold } from "./labels-told.ts";
import { materialOf } from "./materials/index.ts";
import { operation } from "./usual.ts";
import { working } from "./working.ts";
import { writtenFile } from "./written-inputs.ts";

/** The bound of all sequences together, and of each where that was asked for. */
export interface Evaluated {
  readonly whole: NatsSummary & BoundSummary;
  readonly each: readonly SequenceBound[];
}

export const evaluate = operation({
  input: z.strictObject({
    perSequence: option(z._default(z.boolean(), false), {
      flag: "--per-sequence",
      help: "the bound of each sequence too",
    }),
    bound: option(z.optional(z.enum(boundNames)), {
      flag: "--bound <name>",
      help: `the bound that is told: ${boundNames.join(", ")} (default: that of training)`,
    }),
    ...particleOptions,
    reset: option(z.optional(z.int().check(z.minimum(2))), {
      flag: "--reset <steps>",
      help: "begin anew every so many steps, as windows of transformers do",
    }),
    against: readPath(
      "--against <run>",
      "another run of the same data, such as a twin without latent variables: the difference, with an interval",
    ),
    dynamic: option(z.optional(z.number().check(z.minimum(0), z.maximum(1000))), {
      flag: "--dynamic <rate>",
      help: "dynamic evaluation beside: weights that learn on from what they have told, by steps of this rate",
    }),
    segment: option(z._default(z.int().check(z.minimum(1)), 32), {
      flag: "--segment <steps>",
      help: "how many steps are told between two of these",
    }),
    picture: writtenFile("--picture <file>", "how many particles count over time, drawn (SVG)", ".svg"),
  }),
  output: "figures",
  async *run(
    context,
    { perSequence, reset, dynamic, segment, against, picture, ...asked },
    given,
  ): AsyncGenerator<Event<Evaluated>> {
    refuseUnread(asked.bound, Object.keys(given));
    if (dynamic === undefined && "segment" in given)
      throw usageError("option '--segment': there is no dynamic evaluation", "add --dynamic 0.2");
    const trained = await context.run();
    const { model, config } = trained;
    if (reset !== undefined && model.inputs !== undefined)
      throw usageError(
        "option '--reset': what answers a source is told whole",
        "leave it out: it is for long texts",
      );
    const objective = await askedFor(asked, model);
    if (picture !== undefined && objective?.particles === undefined)
      throw usageError("option '--picture': there are no particles to draw", "add --bound fivo");
    const chosen = await context.source();
    const source = reset === undefined ? chosen : cutSource(chosen, reset);
    if (dynamic !== undefined) await requireLonger(source, segment);
    const runtime = await context.runtime();
    const whole = await evaluateRun(trained, source, runtime, objective);
    const each = perSequence ? await evaluateEach(trained, source, runtime, objective) : [];
    const learning =
      dynamic === undefined
        ? undefined
        : yield* working(
            evaluateRunDynamically(trained, source, runtime, { rate: dynamic, segment }),
            "steps told by weights that learn on",
          );
    const isLabelled = whole["accuracy"] !== undefined;
    if (isLabelled && (await hasLabelsBeside(context)))
      yield note("TF-IDF with logistic regression is fitted to the same texts, to compare");
    const labels = isLabelled ? await labelsTold(context, chosen) : undefined;
    const words = await (await materialOf(context)).bound?.(context, source, whole);
    if (words?.lacking !== undefined) yield note(words.lacking);
    const bound = boundName(asked.bound ?? config.training.objective, model);
    const beside = yield* besideOf(context, source, { bound, against, rules: words?.baselines ?? [] });
    const told: EvaluationTold = {
      ...{ bound, whole, each, labels, words, ...beside },
      ...(objective?.particles && { particles: objective.particles }),
      ...(learning && { learning: { rate: dynamic!, segment, natsPerStep: learning.natsPerStep } }),
      ...(reset !== undefined && { reset }),
    };
    if (picture !== undefined && objective?.particles !== undefined) {
      const draw = await context.pictures?.particles();
      if (draw) yield { type: "artifacts", files: [await draw(context, picture, objective.particles)] };
    }
    yield { type: "lines", lines: linesTold(told) };
    yield { type: "result", value: { whole, each }, summary: summaryTold(told) };
  },
});

/** What a run is to be held against, and by what its own nats are told. */
interface Asked extends Pick<Comparison, "rules"> {
  readonly bound: string;
  readonly against: string | undefined;
}

/** The run beside rules, another run and its twin, step by step, with what there is to say of that. */
async function* besideOf(
  context: Context,
  source: SequenceSource,
  { bound, against, rules }: Asked,
): AsyncGenerator<NoteEvent, Compared> {
  const twin = await context.files?.twin();
  if (twin && "lacking" in twin && against === undefined) yield note(twin.lacking);
  const runs = {
    ...(against !== undefined && { against }),
    ...(twin && "run" in twin && { twin: twin.run }),
  };
  if (rules.length === 0 && Object.keys(runs).length === 0) return { rules: [] };
  if (!COMPARED_BY.includes(bound))
    yield note("what stands beside is compared by the evidence lower bound of one draw");
  return compared(context, source, { rules, ...runs });
}

/** By what runs are held against others, whatever bound is told of them. */
const COMPARED_BY: readonly string[] = ["elbo", "log-likelihood"];

/** @throws VrnnError `usage/option` where no sequence has a second segment that could be told by what the first one taught */
async function requireLonger(source: SequenceSource, segment: number): Promise<void> {
  if ((await source.index()).some(({ length }) => length > segment)) return;
  throw usageError(
    `option '--dynamic': no sequence is longer than a segment of ${segment} steps, and each begins with the weights of the run`,
    "leave it out, or give a smaller --segment",
  );
}

/** Refuses options of a bound that was not asked for. */
function refuseUnread(bound: ObjectiveName | undefined, keys: readonly string[]): void {
  for (const [key, schema] of Object.entries(particleOptions)) {
    const readers = readersOf(key);
    if (!keys.includes(key) || (bound !== undefined && readers.includes(bound))) continue;
    const flag = flagName(metaOf(schema).flag ?? key);
    throw usageError(
      `option '${flag}': ${bound === undefined ? "no other bound is asked for" : `the bound ${bound} does not read it`}`,
      `choose --bound ${readers.join(" or ")}`,
    );
  }
}

/** The bound that was asked for, if any. @throws VrnnError `usage/option` for a model whose likelihood needs none */
async function askedFor(
  { bound, ...options }: { readonly bound?: ObjectiveName | undefined },
  model: Model,
): Promise<Objective | undefined> {
  if (bound === undefined) return undefined;
  if (capabilitiesOf(model).exact)
    throw usageError("option '--bound' has no effect: the likelihood of the model is exact", "leave it out");
  return (await loadObjective(bound))(options);
}
