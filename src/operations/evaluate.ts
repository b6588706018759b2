import type { NatsSummary } from "../metrics/nats.ts";
import { boundName } from "../objectives/index.ts";
import { option } from "../options.ts";
import type { BoundSummary } from "../train/events.ts";
import { aligned } from "../words/aligned.ts";
import { grouped, labelWords, nats } from "../words/figures.ts";
import { evaluateEach, evaluateRun, type SequenceBound } from "../workbench/evaluate.ts";
import * as z from "../zod.ts";
import type { Event } from "./event.ts";
import { materialOf } from "./materials/index.ts";
import { operation } from "./usual.ts";

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
    const source = await context.source();
    const runtime = await context.runtime();
    const whole = await evaluateRun(trained, source, runtime);
    const each = perSequence ? await evaluateEach(trained, source, runtime) : [];
    const { bound: wordsOf } = await materialOf(context);
    const { unit, bitsPerByte } = (await wordsOf?.(trained.config, source, whole)) ?? { unit: "step" };
    const { natsPerStep, meanOfSequences, sequences, steps } = whole;
    const bound = boundName(trained.config.training.objective, trained.model);
    const labels = labelWords(whole);
    const pairs = aligned([
      [`${bound} per ${unit}`, `${nats(natsPerStep)} nats`],
      ...(bitsPerByte === undefined ? [] : [["bits per byte", bitsPerByte.toFixed(3)]]),
      [`${bound} per sequence`, `${nats(meanOfSequences)} nats`],
      ["sequences", grouped(sequences)],
      [`${unit}s`, grouped(steps)],
      ...(labels === undefined ? [] : [["labels", labels]]),
    ]);
    yield { type: "lines", lines: perSequence ? [...pairs, "", ...boundLines(each)] : pairs };
    const figures = { natsPerStep, meanOfSequences, sequences, steps };
    const bits = bitsPerByte === undefined ? {} : { bitsPerByte };
    const told =
      labels === undefined ? {} : { accuracy: whole["accuracy"], crossEntropy: whole["crossEntropy"] };
    const summary = { bound, ...figures, ...told, ...bits, ...(perSequence && { perSequence: each }) };
    yield { type: "result", value: { whole, each }, summary };
  },
});

function boundLines(each: readonly SequenceBound[]): string[] {
  const rows = each.map((one) => [one.name, grouped(one.steps), nats(one.natsPerStep), nats(one.nats)]);
  return aligned([["sequence", "steps", "nats per step", "nats"], ...rows]);
}
