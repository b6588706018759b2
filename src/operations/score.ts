import type { SequenceScores } from "../inference/score.ts";
import { summariseNats } from "../metrics/nats.ts";
import { boundName } from "../objectives/loading.ts";
import { counted, nats } from "../words/figures.ts";
import { type Event, note } from "./event.ts";
import { doneWith } from "./materials/index.ts";
import { operation } from "./operation.ts";
import { scoreInput } from "./score-input.ts";

export const score = operation({
  input: scoreInput,
  output: "table",
  async *run(context, { out, window, ...options }): AsyncGenerator<Event<SequenceScores[]>> {
    const { model } = await context.run();
    const scored = await doneWith(context, "score");
    const { value, table } = await scored(context, { ...options, ...(window && { window }) });
    yield { type: "artifacts", files: [{ path: out, content: table }] };
    const { natsPerStep, meanOfSequences, steps } = summariseNats(value.map(({ total }) => total));
    if (out !== undefined)
      yield note(`${counted(steps, "step")}, ${nats(natsPerStep)} nats per step, written to ${out}`);
    const figures = { natsPerStep, meanOfSequences, sequences: value.length, steps };
    yield { type: "result", value, summary: { out, bound: boundName("elbo", model), ...figures } };
  },
});
