import type { BoundSummary, EpochEvent, StepEvent } from "../train/events.ts";
import { clockTime, labelWords, nats, rate } from "../words/figures.ts";
import { sparkline } from "../words/sparkline.ts";
import type { RunTrainingEvent } from "../workbench/train.ts";
import { coloursOf, isLive, type Terminal } from "./terminal.ts";

/** Shows how training goes. */
export interface Progress {
  show(event: RunTrainingEvent): void;
  /** Leaves the cursor on a line of its own. */
  close(): void;
}

const SPARK_WIDTH = 24;
const REDRAW_MILLISECONDS = 100;
const LINE_MILLISECONDS = 2_000;

/** One line that is rewritten on a terminal; a line per epoch, though not more than one every two seconds, elsewhere. */
export function trainingProgress(stream: Terminal, epochs: number): Progress {
  const course = new Course(epochs);
  return isLive(stream) ? new LiveLine(stream, course) : new PlainLines(stream, course);
}

/** What is known of the course of training: how far, how fast, how well. */
class Course {
  readonly #epochs: number;
  /** The first step of this process: what came before it (starting up, an earlier process) tells nothing of the pace. */
  #origin: { readonly time: number; readonly done: number; readonly step: number } | undefined;
  /** The share of all epochs that is done. */
  #done = 0;
  /** Counted from 1. */
  #epochUnderWay = 0;
  #epoch: EpochEvent | undefined;
  #step: StepEvent | undefined;
  readonly #epochLosses: number[] = [];
  readonly #stepLosses: number[] = [];

  constructor(epochs: number) {
    this.#epochs = epochs;
  }

  take(event: RunTrainingEvent): void {
    if (event.type === "step") this.#takeStep(event);
    if (event.type === "epoch") this.#takeEpoch(event);
  }

  #takeStep(event: StepEvent): void {
    this.#step = event;
    this.#done = (event.epoch + event.progress) / this.#epochs;
    this.#epochUnderWay = event.epoch + 1;
    this.#origin ??= { time: performance.now(), done: this.#done, step: event.step };
    if (this.#epochLosses.length < 2) this.#stepLosses.push(-event.natsPerStep);
  }

  #takeEpoch(event: EpochEvent): void {
    this.#epoch = event;
    this.#epochUnderWay = event.epoch;
    this.#epochLosses.push(lossOf(event.train));
  }

  /** The parts of a line, the most important first. */
  parts(): string[] {
    return [`epoch ${this.#epochUnderWay}/${this.#epochs}`, ...this.#bounds(), ...this.#pace()];
  }

  spark(): string {
    const losses = this.#epochLosses.length > 1 ? this.#epochLosses : this.#stepLosses;
    return losses.length > 1 ? sparkline(losses, Math.min(SPARK_WIDTH, losses.length)) : "";
  }

  /** Nats per step; a star marks the best epoch so far. */
  #bounds(): string[] {
    if (this.#epoch === undefined)
      return this.#step === undefined ? [] : [`train ${nats(this.#step.natsPerStep)}`];
    const { train, valid, best } = this.#epoch;
    const labels = labelWords(valid);
    return [
      `train ${nats(train.natsPerStep)}`,
      `valid ${nats(valid.natsPerStep)}${labels === undefined ? "" : `, ${labels}`}${best ? " *" : ""}`,
    ];
  }

  #pace(): string[] {
    if (this.#origin === undefined || this.#step === undefined || this.#step.step === this.#origin.step)
      return [];
    const seconds = (performance.now() - this.#origin.time) / 1000;
    const left = (seconds * (1 - this.#done)) / (this.#done - this.#origin.done);
    const pace = `${rate((this.#step.step - this.#origin.step) / seconds)} batches/s`;
    return this.#done < 1 ? [`${clockTime(left)} left`, pace] : [pace];
  }
}

/** What training makes small: of transcripts, where they are learned, else the bound. */
const lossOf = ({ ctc, natsPerStep }: BoundSummary): number => ctc ?? -natsPerStep;

/** The parts that fit on a line of some width. */
function fitting(parts: readonly string[], width: number): string {
  let line = "";
  for (const part of parts) {
    const longer = line === "" ? part : `${line}  ${part}`;
    if (longer.length > width) break;
    line = longer;
  }
  return line;
}

class LiveLine implements Progress {
  readonly #stream: Terminal;
  readonly #course: Course;
  #drawn = Number.NEGATIVE_INFINITY;
  #open = false;

  constructor(stream: Terminal, course: Course) {
    this.#stream = stream;
    this.#course = course;
  }

  show(event: RunTrainingEvent): void {
    this.#course.take(event);
    if (event.type === "end") this.close();
    else if (event.type !== "result" && performance.now() - this.#drawn >= REDRAW_MILLISECONDS) this.#draw();
  }

  close(): void {
    if (!this.#open) return;
    this.#draw();
    this.#stream.write("\n");
    this.#open = false;
  }

  #draw(): void {
    const { cyan } = coloursOf(this.#stream);
    const width = (this.#stream.columns ?? 80) - 1;
    const text = fitting(this.#course.parts(), width);
    const spark = this.#course.spark();
    const room = text.length + 2 + spark.length <= width;
    this.#stream.write(`\r${text}${room && spark !== "" ? `  ${cyan(spark)}` : ""}\u001b[K`);
    this.#drawn = performance.now();
    this.#open = true;
  }
}

class PlainLines implements Progress {
  readonly #stream: Terminal;
  readonly #course: Course;
  #told = Number.NEGATIVE_INFINITY;
  /** Whether something happened that no line has told yet. */
  #pending = false;

  constructor(stream: Terminal, course: Course) {
    this.#stream = stream;
    this.#course = course;
  }

  show(event: RunTrainingEvent): void {
    this.#course.take(event);
    if (event.type === "epoch") {
      this.#pending = true;
      if (performance.now() - this.#told >= LINE_MILLISECONDS) this.#tell();
    }
    if (event.type === "end") this.close();
  }

  close(): void {
    if (!this.#pending) return;
    this.#tell();
    const spark = this.#course.spark();
    if (spark !== "") this.#stream.write(`loss  ${spark}\n`);
  }

  #tell(): void {
    this.#stream.write(`${this.#course.parts().join("  ")}\n`);
    this.#told = performance.now();
    this.#pending = false;
  }
}
