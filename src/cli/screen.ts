/** The events of an operation at a terminal: data go to stdout, everything else to stderr. */
import { visible } from "../legible.ts";
import type { ClockProgress, Event, TrainingProgress, WorkProgress } from "../operations/event.ts";
import { clockProgress } from "./clock.ts";
import { Notes } from "./notes.ts";
import { printJson, printLines, writeArtifacts } from "./output.ts";
import { PartialLine } from "./partial-line.ts";
import { type Progress, trainingProgress } from "./progress.ts";
import { tell } from "./terminal.ts";
import { Work } from "./work.ts";

/** How an operation is shown. */
export interface ScreenOptions {
  /** Whether stdout is for one JSON object. */
  readonly isJson: boolean;
  /** Whether it is for a table. */
  readonly isTable: boolean;
  /** What is read, and must not be written over. */
  readonly reads: readonly string[];
  /** The exit status of work that was stopped. */
  readonly stopStatus: () => number;
}

/** An answer that nobody took before the work had to end. */
export class Unread extends Error {}

/** Shows the events of one operation, as they come. */
export class Screen {
  /** What is noticed by the way. */
  readonly notes = new Notes((line) => this.tell(line));
  private readonly options: ScreenOptions;
  private training: Progress | undefined;
  private clock: ReturnType<typeof clockProgress> | undefined;
  private work: Work | undefined;
  private partial: PartialLine | undefined;
  private giveUp: ((reason: Unread) => void) | undefined;

  constructor(options: ScreenOptions) {
    this.options = options;
  }

  /** Returns when there is room for the next one: who reads slowly is waited for. */
  async show(event: Event): Promise<void> {
    switch (event.type) {
      case "training":
        return this.showTraining(event);
      case "clock":
        return this.showClock(event);
      case "work":
        return this.showWork(event);
      case "answer":
        this.partial?.close();
        return this.printWhole(event.text);
      case "partial":
        this.partial ??= new PartialLine(process.stdout);
        return this.partial.show(event);
      case "artifacts":
        return writeArtifacts(event.files, this.options.reads);
      case "lines":
        return this.options.isJson ? undefined : this.showLines(event.lines);
      case "result":
        return this.options.isJson ? printJson({ ...event.summary, ...this.notes.summary }) : undefined;
      case "stopped":
        process.exitCode = this.options.stopStatus();
        return this.tell(event.text);
      case "note":
        return this.tell(event.text);
    }
  }

  /** Waits no longer for whoever does not read: the answer under way is given up, and `show` throws `Unread`. */
  leave(): void {
    this.giveUp?.(new Unread());
  }

  /** Tells of an answer that was given up. */
  showUnread(): void {
    process.exitCode = this.options.stopStatus();
    this.tell("stopped: the last answer was not taken, and its step does not count");
  }

  /** Leaves the cursor on a line of its own. */
  close(): void {
    this.training?.close();
    this.clock?.close();
    this.work?.close();
    this.partial?.erase();
  }

  /** Prints a line and waits until the system has taken it, or nobody is there any more to read it. */
  private printWhole(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.giveUp = reject;
      process.stdout.write(text, () => resolve());
    });
  }

  private tell(text: string): void {
    this.close();
    tell(visible(text));
  }

  /** A table has stdout to itself. */
  private showLines(lines: readonly string[]): void {
    const legible = lines.map((line) => line.split("\t").map(visible).join("\t"));
    if (this.options.isTable) legible.forEach(tell);
    else printLines(legible);
  }

  private showTraining({ epochs, event }: TrainingProgress): void {
    this.training ??= trainingProgress(process.stderr, epochs);
    this.training.show(event);
    if (event.type === "end") this.training = undefined; // what is trained behind it has a course of its own
  }

  private showClock(event: ClockProgress): void {
    this.clock ??= clockProgress(process.stderr);
    this.clock.show(event);
  }

  private showWork(event: WorkProgress): void {
    this.work ??= new Work(process.stderr);
    this.work.show(event);
  }
}
