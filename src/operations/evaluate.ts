import type { NatsSummary } from "../metrics/nats.ts";
import { option } from "../options.ts";
import { evaluateEach, evaluateRun, type SequenceBound } from "../run/evaluate.ts";
import { aligned } from "../text/aligned.ts";
import { grouped, nats } from "../text/figures.ts";
import type { BoundSummary } from "../train/events.ts";
import * as z from "../zod.ts";
import type { Event } from "./event.ts";
import { operation } from "./operation.ts";

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
  }),
  output: "figures",
  async *run(context, { perSequence }): AsyncGenerator<Event<Evaluated>> {
    const trained = await context.run();
    const { sequences } = await context.sequences();
    const runtime = await context.runtime();
    const whole = await evaluateRun(trained, sequences, runtime);
    const each = perSequence ? await evaluateEach(trained, sequences, runtime) : [];
    const { natsPerStep, meanOfSequences, steps } = whole;
    const { objective } = trained.config.training;
    const pairs = aligned([
      [`${objective} per step`, `${nats(natsPerStep)} nats`],
      [`${objective} per sequence`, `${nats(meanOfSequences)} nats`],
      ["sequences", grouped(sequences.length)],
      ["steps", grouped(steps)],
    ]);
    yield { type: "lines", lines: perSequence ? [...pairs, "", ...boundLines(each)] : pairs };
    const figures = { natsPerStep, meanOfSequences, sequences: sequences.length, steps };
    const summary = { bound: objective, ...figures, ...(perSequence && { perSequence: each }) };
    yield { type: "result", value: { whole, each }, summary };
  },
});

function boundLines(each: readonly SequenceBound[]): string[] {
  const rows = each.map((one) => [one.name, grouped(one.steps), nats(one.natsPerStep), nats(one.nats)]);
  return aligned([["sequence", "steps", "nats per step", "nats"], ...rows]);
}
