/** A twin without latent variables, trained behind a model of text that has some: pages load nothing of it. */
import { counted, nats } from "../words/figures.ts";
import { type Event, note } from "./event.ts";
import type { TrainingJob, Working } from "./training.ts";

/** What says beforehand that there will be one. */
export const ANNOUNCED =
  "afterwards the same is trained without latent variables, to say whether these pay (--no-twin leaves it out)";

/** Trains the twin and says what it comes to: what there is to say of it for programs; nothing when it was stopped. */
export async function* twinTrained(job: TrainingJob, work: Working): AsyncGenerator<Event<never>, object> {
  const result = yield* work(job);
  if (result === undefined) return {};
  const { parameters, bounds } = result;
  const reached = Object.entries(bounds).flatMap(([split, bound]) =>
    bound === null ? [] : [`${split} ${nats(bound.natsPerStep)}`],
  );
  yield note(
    `without latent variables (${counted(parameters, "parameter")}, ${job.path}): ${reached.join(", ")} nats per step`,
  );
  return { twin: { run: job.path, parameters, ...bounds } };
}
