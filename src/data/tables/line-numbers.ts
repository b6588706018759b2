/** The numbers of lines, of which most follow the one before. */
export class LineNumbers {
  length = 0;
  /** The places whose line does not follow, and these lines. */
  private readonly places: number[] = [];
  private readonly lines: number[] = [];
  private next = Number.NaN;

  add(line: number): void {
    if (line !== this.next) {
      this.places.push(this.length);
      this.lines.push(line);
    }
    this.next = line + 1;
    this.length += 1;
  }

  /** The line at a place that there is. */
  at(place: number): number {
    const i = this.places.findLastIndex((each) => each <= place);
    return this.lines[i]! + place - this.places[i]!;
  }
}
