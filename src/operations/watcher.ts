import { stepScores } from "../anomaly/incidents.ts";
import type { LiveDetector } from "../anomaly/live-detector.ts";
import type { LiveFormat, StepReader } from "../data/files-live.ts";
import type { Line } from "../data/lines.ts";
import { VrnnError } from "../errors.ts";
import type { Follower, FollowerAnswer } from "../inference/follower.ts";
import { oneLine } from "../legible.ts";
import { grouped, nats } from "../words/figures.ts";
import type { Files, TableRun } from "./context.ts";
import { EffectiveSizes } from "./effective-sizes.ts";
import { type AnswerEvent, type NoteEvent, note } from "./event.ts";
import { answerLine, errorLine } from "./watch-answer.ts";

export interface WatcherOptions {
  readonly run: TableRun;
  readonly stream: Follower;
  readonly detector: LiveDetector | undefined;
  readonly format?: LiveFormat | undefined;
  /** Every so many steps are answered, odd ones always. */
  readonly every: number;
  readonly openSteps: Files["openSteps"];
}

/** What was seen of a stream. */
export interface WatchCounts {
  readonly steps: number;
  /** Of all steps together. */
  readonly nats: number;
  readonly odd: number;
  /** Lines that could not be understood. */
  readonly misread: number;
  /** Where particles follow: how many of them count. */
  readonly effectiveSize?: { readonly mean: number; readonly least: number };
}

const SOURCE = "stdin";

/** Answers lines of live data, one at a time and in their order. */
export class Watcher {
  private readonly options: WatcherOptions;
  private reader: StepReader | undefined;
  /** What is still to be told. */
  private readonly notes: NoteEvent[] = [];
  private steps = 0;
  private odd = 0;
  private misread = 0;
  private nats = 0;
  private readonly effectiveSizes = new EffectiveSizes();

  constructor(options: WatcherOptions) {
    this.options = options;
  }

  /**
   * What is to be told of a line: an answer, or nothing for blank lines, a header and steps that are not to be
   * answered. A line that cannot be understood is told on both sides and leaves the model as it was.
   *
   * @throws VrnnError `data/header` when the first line is a header that does not fit the model.
   */
  async answer({ number, text }: Line): Promise<(NoteEvent | AnswerEvent)[]> {
    if (text?.trim() === "") return [];
    try {
      if (text === undefined)
        throw new VrnnError("data/line", "the line is too long", { at: `${SOURCE}:${number}` });
      const answer = await this.step(text, number);
      return [...this.takeNotes(), ...(answer === undefined ? [] : [answerOf(answer)])];
    } catch (error) {
      if (!(error instanceof VrnnError) || error.code === "data/header") throw error;
      this.misread += 1;
      const message = oneLine(error.message);
      return [...this.takeNotes(), note(message), answerOf(errorLine(number, message))];
    }
  }

  get counts(): WatchCounts {
    const { steps, nats, odd, misread } = this;
    const { summary: effectiveSize } = this.effectiveSizes;
    return { steps, nats, odd, misread, ...(effectiveSize && { effectiveSize }) };
  }

  /** What was seen, in one line. */
  summary(): string {
    const { detector } = this.options;
    const { summary: effective } = this.effectiveSizes;
    const parts = [
      `${grouped(this.steps)} ${this.steps === 1 ? "step" : "steps"}`,
      ...(this.steps > 0 ? [`${nats(this.nats / this.steps)} nats per step`] : []),
      ...(detector === undefined ? [] : [`${grouped(this.odd)} odd`]),
      ...(effective === undefined
        ? []
        : [
            `${effective.mean.toFixed(1)} particles count in the mean, ${effective.least.toFixed(1)} at least`,
          ]),
      ...(this.misread > 0 ? [`${grouped(this.misread)} lines not understood`] : []),
    ];
    return parts.join(", ");
  }

  private async step(text: string, line: number): Promise<string | undefined> {
    if (this.reader === undefined) {
      this.reader = this.open(text, line);
      if (this.reader.isHeader) return undefined;
    }
    const { run, stream, detector, every } = this.options;
    const width = run.columns.length;
    const { values, ...live } = this.reader.read(text, line);
    const x = values.subarray(0, width);
    const answer = await stream.step(x, { condition: values.subarray(width) });
    const alarm = detector?.step(stepScores(x, answer.logLikelihood, answer.kl));
    this.steps = answer.step;
    this.nats += answer.total;
    if (alarm?.isAnomalous) this.odd += 1;
    this.watchParticles(answer);
    const isAnswered = answer.step % every === 0 || alarm?.isAnomalous === true;
    return isAnswered ? answerLine(run.columns, { line, live, answer, alarm }) : undefined;
  }

  private watchParticles({ effectiveSize }: FollowerAnswer): void {
    const told = effectiveSize === undefined ? undefined : this.effectiveSizes.add(effectiveSize);
    if (told !== undefined) this.notes.push(note(told));
  }

  private takeNotes(): NoteEvent[] {
    return this.notes.splice(0);
  }

  private open(text: string, line: number): StepReader {
    const { run, format } = this.options;
    const { columns, config } = run;
    return this.options.openSteps(text, line, {
      columns: [...columns, ...(run.model.conditions ?? [])],
      format,
      missing: config.data.schema.missing,
      notMissing: config.data.schema.notMissing,
      decimal: config.data.schema.decimal,
      time: config.data.schema.time,
      source: SOURCE,
      onNote: (text) => this.notes.push(note(text)),
    });
  }
}

const answerOf = (text: string): AnswerEvent => ({ type: "answer", text });
