/**
 * What was used last, up to a number of bytes.
 *
 * @example
 * const recent = new Recent<Picture>(32e6);
 * recent.set(7, picture, picture.byteLength);
 * recent.get(7); // picture, as long as not too much else was used since
 */
export class Recent<Value> {
  private readonly entries = new Map<number, { readonly value: Value; readonly bytes: number }>();
  private held = 0;
  private readonly most: number;

  /** @param most bytes that are kept; the last entry is kept however large it is */
  constructor(most: number) {
    this.most = most;
  }

  get(key: number): Value | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined) return undefined;
    // A map tells its entries in the order in which they were put in.
    this.entries.delete(key);
    this.entries.set(key, entry);
    return entry.value;
  }

  set(key: number, value: Value, bytes: number): void {
    this.held += bytes - (this.entries.get(key)?.bytes ?? 0);
    this.entries.delete(key);
    this.entries.set(key, { value, bytes });
    for (const [oldest, entry] of this.entries) {
      if (this.held <= this.most || this.entries.size === 1) return;
      this.entries.delete(oldest);
      this.held -= entry.bytes;
    }
  }
}
