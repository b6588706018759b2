/** How the times of a column go on from step to step. */

/** A place in the data, and how many there are of its kind. */
export interface Places {
  count: number;
  /** Where the first stands. */
  first: string | undefined;
}

export const noPlaces = (): Places => ({ count: 0, first: undefined });

export function addPlace(places: Places, at: () => string): void {
  places.count += 1;
  places.first ??= at();
}

/** A step from one time to a lower one, or back from where falling times went. */
interface Turn {
  readonly sequence: number;
  readonly size: number;
  readonly at: string;
}

/** As many turns are looked at. */
const MOST_TURNS = 64;
/** From as many distances the usual one is told. */
const MOST_DISTANCES = 1000;
/** Of the steps so many may stand still. */
const MOST_REPEATS = 0.05;
const HOUR = 3600;

/** Takes in the times of sequences in their order, in memory that only grows with the number of sequences. */
export class TimeCourse {
  /** Times that are as great as the one before. */
  readonly repeats = noPlaces();
  least = Number.POSITIVE_INFINITY;
  greatest = Number.NEGATIVE_INFINITY;
  /** How many times there are. */
  count = 0;
  private moves = 0;
  private readonly last: number[] = [];
  private readonly lastExact: (bigint | undefined)[] = [];
  private readonly rises: number[] = [];
  private readonly falls: number[] = [];
  private readonly turns: { readonly up: Turn[]; readonly down: Turn[] } = { up: [], down: [] };
  private readonly distances: number[] = [];
  private readonly isDate: boolean;
  private wide: { readonly distance: number; readonly at: string } | undefined;

  /** @param isDate whether times are those of a calendar, in seconds, of a clock that may be put back */
  constructor(isDate: boolean) {
    this.isDate = isDate;
  }

  /** @param exact the time as a whole number, where a double does not keep its digits */
  add(time: number, sequence: number, at: () => string, exact?: bigint): void {
    this.count += 1;
    if (time < this.least) this.least = time;
    if (time > this.greatest) this.greatest = time;
    const before = this.last[sequence];
    const exactBefore = this.lastExact[sequence];
    this.last[sequence] = time;
    if (exact !== undefined) this.lastExact[sequence] = exact;
    if (before === undefined) {
      this.rises[sequence] = 0;
      this.falls[sequence] = 0;
      return;
    }
    const isExact = exact !== undefined && exactBefore !== undefined;
    this.move(isExact ? Number(exact - exactBefore) : time - before, sequence, at);
  }

  /** Whether the times of a sequence fall from its first step to its last. */
  isFalling(sequence: number): boolean {
    return (this.falls[sequence] ?? 0) > (this.rises[sequence] ?? 0);
  }

  /** Whether any sequence falls. */
  get falling(): number {
    return this.falls.filter((_, sequence) => this.isFalling(sequence)).length;
  }

  /** Where the times of a sequence first go against their direction, but for an hour that the clock was put back. */
  get disorder(): Places {
    const against = this.falls.reduce((sum, falls, i) => sum + Math.min(falls, this.rises[i]!), 0);
    if (against === 0) return noPlaces();
    const turns = [...this.turns.down, ...this.turns.up].filter(({ sequence }, i) =>
      i < this.turns.down.length ? !this.isFalling(sequence) : this.isFalling(sequence),
    );
    const isAll = turns.length === against;
    if (isAll && turns.every(({ size }) => this.isHourBack(size))) return noPlaces();
    return { count: against, first: turns.find(({ size }) => !this.isHourBack(size))?.at };
  }

  /** How often the clock was put back by an hour. */
  get hoursBack(): Places {
    const back = [...this.turns.down, ...this.turns.up].filter(
      ({ sequence, size }, i) =>
        i < this.turns.down.length !== this.isFalling(sequence) && this.isHourBack(size),
    );
    return { count: back.length, first: back[0]?.at };
  }

  /** Whether so many times stand still that steps are no steps in time. */
  get standsStill(): boolean {
    return this.repeats.count > Math.max(2, MOST_REPEATS * this.moves);
  }

  /** The median of the first distances between different times; NaN where there is none. */
  get usual(): number {
    const sorted = this.distances.toSorted((a, b) => a - b);
    return sorted[sorted.length >> 1] ?? Number.NaN;
  }

  /** Whether nearly all distances are about the usual one. */
  get isEven(): boolean {
    const { usual, distances } = this;
    return distances.filter((each) => Math.abs(each - usual) <= 0.2 * usual).length >= 0.9 * distances.length;
  }

  /** The greatest distance, and where it ends. */
  get widest(): { readonly distance: number; readonly at: string } | undefined {
    return this.wide;
  }

  private move(distance: number, sequence: number, at: () => string): void {
    this.moves += 1;
    if (distance === 0) {
      addPlace(this.repeats, at);
      return;
    }
    const size = Math.abs(distance);
    const isUp = distance > 0;
    if (isUp) this.rises[sequence]! += 1;
    else this.falls[sequence]! += 1;
    const turns = isUp ? this.turns.up : this.turns.down;
    const [rises, falls] = [this.rises[sequence]!, this.falls[sequence]!];
    // The first step may go against all others.
    const mayTurn = isUp ? falls >= rises : rises >= falls || falls === 1;
    if (mayTurn && turns.length < MOST_TURNS) turns.push({ sequence, size, at: at() });
    if (this.distances.length < MOST_DISTANCES) this.distances.push(size);
    if (size > (this.wide?.distance ?? 0)) this.wide = { distance: size, at: at() };
  }

  /** Whether a step back is that of a clock which is put back by an hour, between two steps of the usual distance. */
  private isHourBack(size: number): boolean {
    const { usual, isDate } = this;
    return isDate && usual <= HOUR / 2 && Math.abs(size + usual - HOUR) <= usual / 2;
  }
}
