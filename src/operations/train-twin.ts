/** A twin without latent variables, trained behind a model of text that has some: pages load nothing of it. */
import { VrnnError } from "../errors.ts";
import { counted, nats } from "../words/figures.ts";
import type { ResultEvent } from "../workbench/train.ts";
import { type Event, note } from "./event.ts";
import type { TrainingJob, Working } from "./training.ts";

/** What says beforehand that there will be one. */
export const ANNOUNCED =
  "afterwards the same is trained without latent variables, to say whether these pay (--no-twin leaves it out)";

/**
 * Trains the twin and says what it comes to: what there is to say of it for programs; nothing when it was stopped. A run without a
 * twin is still a run: what keeps it from being trained is told, and no failure.
 */
export async function* twinTrained(
  make: () => Promise<TrainingJob>,
  work: Working,
): AsyncGenerator<Event<never>, object> {
  try {
    const job = await make();
    const result = yield* work(job);
    if (result === undefined) return {};
    const { parameters, bounds } = result;
    yield note(
      `without latent variables (${counted(parameters, "parameter")}, ${job.path}): ${reached(bounds)} nats per step`,
    );
    return { twin: { run: job.path, parameters, ...bounds } };
  } catch (error) {
    if (!(error instanceof VrnnError)) throw error;
    yield note(`no twin without latent variables: ${error.message}`);
    return {};
  }
}

const reached = (bounds: ResultEvent["bounds"]): string =>
  Object.entries(bounds)
    .flatMap(([split, bound]) => (bound === null ? [] : [`${split} ${nats(bound.natsPerStep)}`]))
    .join(", ");
