import { visible } from "../legible.ts";
import type { PartialEvent } from "../operations/event.ts";
import { coloursOf, isLive, type Terminal } from "./terminal.ts";

/** Stands behind what will go on. */
const MORE = "…";

/** An answer that is still being made: a line that is written anew on a terminal; elsewhere one for each change of what stays. */
export class PartialLine {
  private readonly stream: Terminal;
  private readonly isLive: boolean;
  private isOpen = false;
  private told = "";

  constructor(stream: Terminal) {
    this.stream = stream;
    this.isLive = isLive(stream);
  }

  show({ stable, rest }: Pick<PartialEvent, "stable" | "rest">): void {
    if (this.isLive) this.draw(visible(stable), visible(rest));
    else if (stable !== "" && stable !== this.told) this.stream.write(`${visible(stable)} ${MORE}\n`);
    this.told = stable;
  }

  /** Takes it away, until it changes. */
  erase(): void {
    if (this.isOpen) this.stream.write("\r\u001b[K");
    this.isOpen = false;
  }

  /** Takes it away, as what is whole stands in its place. */
  close(): void {
    this.erase();
    this.told = "";
  }

  /** The end of the line, as much as there is room for: one that is broken could not be written anew. Some terminals say 0. */
  private draw(stable: string, rest: string): void {
    const { dim } = coloursOf(this.stream);
    const [own, other] = [Array.from(stable), Array.from(rest === "" ? "" : ` ${rest}`)];
    const over = Math.max(0, own.length + other.length + 1 - (this.stream.columns || 80));
    const shown = [own.slice(over), other.slice(Math.max(0, over - own.length))].map((each) => each.join(""));
    this.stream.write(`\r${shown[0]}${dim(shown[1] ?? "")}\u001b[K`);
    this.isOpen = true;
  }
}
