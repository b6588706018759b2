/** Room for numbers that are computed anew each time: taking it again costs nothing, where new arrays of megabytes would. */
export class Scratch {
  readonly #rooms = new Map<string, Float64Array>();

  /** So many numbers, whatever they are; what was taken by the same name before is overwritten. */
  take(name: string, length: number): Float64Array {
    const room = this.#rooms.get(name);
    if (room !== undefined && room.length >= length) return room.subarray(0, length);
    const made = new Float64Array(length);
    this.#rooms.set(name, made);
    return made;
  }
}
