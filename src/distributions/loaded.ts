/** Whether the distributions that few models ask for are at hand. */
import { VrnnError } from "../errors.ts";

/** What `rare.ts` holds. */
type Rare = typeof import("./rare.ts");

const UNLOADED = "distribution/unloaded";

let rare: Rare | undefined;

/** Has them at hand from now on. */
export function provideRare(all: Rare): void {
  rare = all;
}

export const loadRare = async (): Promise<void> => provideRare(await import("./rare.ts"));

/** @param name the one that is asked for @throws VrnnError `distribution/unloaded` */
export function rareFor(name: string): Rare {
  if (rare !== undefined) return rare;
  throw new VrnnError(UNLOADED, `the distribution ${name} is not loaded`, {
    remedy: "build the model by `buildModel`, which loads what it asks for, or import `distributions/all.ts`",
  });
}

/** Whether a model could not be built because it asks for one that is not at hand. */
export const isUnloaded = (error: unknown): boolean => error instanceof VrnnError && error.code === UNLOADED;
