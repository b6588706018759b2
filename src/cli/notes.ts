/** What a command noticed: each thing is told once, as soon as it is known, and kept for programs. */
import type { Notice } from "../data/notice.ts";

export class Notes {
  private readonly all = new Set<string>();
  private readonly tell: (line: string) => void;
  private isUsed = false;

  /** @param tell shows a line to the person who waits */
  constructor(tell: (line: string) => void) {
    this.tell = tell;
  }

  readonly add: Notice = (notes) => {
    this.isUsed = true;
    for (const note of notes) {
      if (!this.all.has(note)) this.tell(`note: ${note}`);
      this.all.add(note);
    }
  };

  /** What programs are told: nothing where no data were read and nothing else was noticed. */
  get summary(): { readonly notes?: readonly string[] } {
    return this.isUsed ? { notes: [...this.all] } : {};
  }
}
