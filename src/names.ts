/**
 * Names of inputs and outputs that graphs and the hosts that feed them agree on. Both sides ask here, so that neither
 * spells a name of its own.
 */

/** Names that are made of others by a beginning and an end. */
export class Naming {
  private readonly beginning: string;
  private readonly end: string;

  constructor(beginning: string, end = "") {
    this.beginning = beginning;
    this.end = end;
  }

  /** @example stateNames.of("h"); // "state.h" */
  of(name: string | number): string {
    return `${this.beginning}${name}${this.end}`;
  }

  /** What a name was made of; undefined where it was not made so. @example stateNames.within("state.h"); // "h" */
  within(name: string): string | undefined {
    const isOwn =
      name.length >= this.beginning.length + this.end.length &&
      name.startsWith(this.beginning) &&
      name.endsWith(this.end);
    return isOwn ? name.slice(this.beginning.length, name.length - this.end.length) : undefined;
  }

  /** All values under the names that these make of theirs. @example nextNames.give({ h }); // { "h.next": h } */
  give<Value>(values: Readonly<Record<string, Value>>): Record<string, Value> {
    return Object.fromEntries(Object.entries(values).map(([name, value]) => [this.of(name), value]));
  }

  /** The values that have such names, by what these were made of. @example nextNames.take({ x, "h.next": h }); // { h } */
  take<Value>(values: Readonly<Record<string, Value>>): Record<string, Value> {
    return Object.fromEntries(
      Object.entries(values).flatMap(([name, value]) => {
        const own = this.within(name);
        return own === undefined ? [] : [[own, value] as const];
      }),
    );
  }
}

/** A part of the state before the first step. */
export const stateNames = new Naming("state.");
/** A part of the state after each step. */
export const eachStateNames = new Naming("states.");
/** What takes the place of an input in the next run. */
export const nextNames = new Naming("", ".next");
/** A tensor of one shard. */
export const shardNames = (shard: number): Naming => new Naming("", `.${shard}`);

/** What is known beside the sequences, as a field and as an input. */
export const CONDITION = "condition";
/** The same of the step to come. */
export const UPCOMING = "condition.upcoming";
/** Which entries of an input are told. */
export const maskNames = new Naming("", ".mask");

/** How the values of the data are scaled. */
export const unitNames = new Naming("units.");

/** Which hidden values a site keeps. */
export const dropoutNames = new Naming("dropout.");
/** Which numbers of a matrix are kept. */
export const weightDropoutNames = new Naming("dropout.weight.");
/** The random numbers of a particle for what it expects of a step before it sees it. */
export const predictiveNames = new Naming("predictive.");
/** Those for what it puts into the gaps of a step. */
export const fillNames = new Naming("fill.");
/** What all particles of a sequence say of a step. */
export const togetherNames = new Naming("together.");
/** What everything may read of what is known. */
export const givenNames = new Naming("given.");
/** A forecast of the next step, and the random numbers for it. */
export const forecastNames = new Naming("forecast.");

/** The label that a readout is to tell. */
export const readoutNames = new Naming("readout.");

/** What a mean of the loss is taken over. */
export const countNames = new Naming("count.");
/** A mean over the batch before. */
export const runningNames = new Naming("running.");
/** The sums that such a mean is made of. */
export const runningSumNames = new Naming("running.", ".sums");
/** The gradient of a shard. */
export const gradientNames = new Naming("gradient.");
/** The gradient of the pieces of a window that come later, to which that of one is added. */
export const GRADIENT_AFTER = "gradient.after";
/** How the loss of what comes later changes with a part of the state. */
export const cotangentNames = new Naming("cotangent.");
/** What the optimiser remembers. */
export const optimiserNames = new Naming("optimiser.");
