/** What is made in several steps is whole, or nothing of it is left. */

interface Disposable {
  dispose(): void | Promise<void>;
}

/** Notes something that was made, to be given back should making the rest fail. */
export type Keep = <Made extends Disposable>(made: Made) => Made;

/**
 * Makes what holds several sessions or device values: where one of them cannot be made, or what is made of them refuses
 * them, those that were kept are disposed of, the last one first, and the error goes on.
 *
 * @example
 * const stream = await allOrNone(async (keep) => {
 *   const filter = keep(await ParticleFilter.create(options, settings));
 *   return new ParticleStream(options, filter, keep(await Rollouts.create(options)));
 * });
 */
export async function allOrNone<Whole>(make: (keep: Keep) => Promise<Whole>): Promise<Whole> {
  const kept: Disposable[] = [];
  try {
    return await make((made) => {
      kept.push(made);
      return made;
    });
  } catch (error) {
    for (const made of kept.reverse()) await made.dispose();
    throw error;
  }
}
