/** How many of the particles count over time, as a picture. */
import { secondsOf } from "../anomaly/entry-scores.ts";
import { scoreByParticles } from "../inference/particle-scores.ts";
import type { ParticleOptions } from "../models/particle-unroll.ts";
import { particlesPicture as drawn } from "../report/particles-picture.ts";
import type { Context } from "./context.ts";
import { clockOf, nothingDraws } from "./drawing.ts";
import type { FileMade } from "./event.ts";
import { subjectOf } from "./subject.ts";

/**
 * The effective sample size of particles over the first sequence. They are led as a filter leads them: what is inferred
 * from the future is not asked for, so that of a model with a smoothing posterior they are drawn from the prior.
 */
export async function particlesPicture(
  context: Context,
  path: string,
  { particles }: ParticleOptions,
): Promise<FileMade> {
  const { config, settings, time } = await subjectOf(context, "evaluate --picture");
  const [first] = settings.sequences;
  if (first === undefined) throw nothingDraws();
  const { seed } = config.training;
  const [scores] = await scoreByParticles({ ...settings, sequences: [first], particles, seed });
  const { effectiveSize, total } = scores!;
  const content = {
    name: first.name,
    times: [...secondsOf(first)],
    particles,
    effectiveSize: [...effectiveSize],
    total: [...total],
  };
  return { path, content: () => drawn(content, clockOf(time)) };
}
