import { distanceApart, FEWEST, type FillValue, MOST } from "./fill-values.ts";
import { Moments } from "./moments.ts";

/** A number, and how often it occurs. */
interface Counted {
  readonly value: number;
  count: number;
}

/**
 * The least and the greatest different numbers of a column, how often each occurs, and the moments of all between them: what tells
 * numbers that stand for "missing", found one by one.
 */
export class Extremes {
  /** In their order. */
  private readonly outer: Counted[] = [];
  private readonly inner = new Moments();

  add(value: number, count = 1): void {
    const { outer } = this;
    const place = outer.findIndex((each) => each.value >= value);
    const found = outer[place];
    if (found?.value === value) {
      found.count += count;
      return;
    }
    outer.splice(place < 0 ? outer.length : place, 0, { value, count });
    if (outer.length <= 2 * MOST) return;
    const [middle] = outer.splice(MOST, 1) as [Counted];
    this.inner.add(middle.value, middle.count);
  }

  merge({ outer, inner }: Extremes): void {
    this.inner.merge(inner);
    for (const { value, count } of outer) this.add(value, count);
  }

  /** The values that stand for "missing"; see `fillValues`. */
  get fillValues(): FillValue[] {
    const found: FillValue[] = [];
    const rest = [...this.outer];
    while (found.length < MOST && rest.length > 0) {
      const { value, count } = this.takeFarthest(rest);
      const others = this.momentsWith(rest);
      const { observed, ...spread } = others.summary;
      const distance = observed < FEWEST ? undefined : distanceApart(value, spread);
      if (distance === undefined) break;
      found.push({ value, count, distance });
    }
    return found;
  }

  /** The first or the last, whichever is farther from what lies in the middle. */
  private takeFarthest(rest: Counted[]): Counted {
    const { observed, mean } = this.inner.summary;
    const middle = observed > 0 ? mean : rest[rest.length >> 1]!.value;
    const isLow = middle - rest[0]!.value > rest.at(-1)!.value - middle;
    return (isLow ? rest.shift() : rest.pop())!;
  }

  private momentsWith(rest: readonly Counted[]): Moments {
    const all = new Moments();
    all.merge(this.inner);
    for (const { value, count } of rest) all.add(value, count);
    return all;
  }
}
