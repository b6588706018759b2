/** A candidate whose first run takes this many times as long as the fastest is not run again. */
const farBehind = 2.5;

/** Candidates that are timed one after the other, each told by its least time so far: load on the machine meets single runs. */
export class Race {
  #run = [];

  /** Times a candidate. @returns whether it was far behind at once: then it is not run again */
  async take({ ms: known = Number.POSITIVE_INFINITY, ...candidate }) {
    const { process, threads } = candidate;
    const timed = async () => (await process.ask("probe", { count: 1, ...threads })).ms[0];
    const first = await timed();
    const isBehind = first > farBehind * (this.fastest[0]?.ms ?? first);
    this.#run.push({ ...candidate, ms: Math.min(known, first, isBehind ? first : await timed()) });
    return isBehind;
  }

  get fastest() {
    return this.#run.toSorted((a, b) => a.ms - b.ms);
  }
}
