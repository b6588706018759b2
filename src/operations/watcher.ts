import { stepScores } from "../anomaly/entry-scores.ts";
import { IncidentTracker } from "../anomaly/incident-tracker.ts";
import type { Alarm, LiveDetector } from "../anomaly/live-detector.ts";
import { readConditions } from "../data/derived/derived-column.ts";
import type { LiveFormat, StepReader } from "../data/files-live.ts";
import type { Line } from "../data/lines.ts";
import { VrnnError } from "../errors.ts";
import type { Follower, FollowerAnswer } from "../inference/follower.ts";
import { LiveDerived } from "../inference/live-derived.ts";
import { oneLine } from "../legible.ts";
import { counted, grouped, nats } from "../words/figures.ts";
import type { WatchState } from "../workbench/watch-state.ts";
import { EffectiveSizes } from "./effective-sizes.ts";
import { type AnswerEvent, type NoteEvent, note } from "./event.ts";
import type { LiveFiles } from "./files.ts";
import { toldOf } from "./incident-told.ts";
import type { TableRun } from "./subject.ts";
import { answerLine, errorLine, isOdd } from "./watch-answer.ts";

export interface WatcherOptions {
  readonly run: TableRun;
  readonly stream: Follower;
  readonly detector: LiveDetector | undefined;
  /** How many of the lines to come another watch has answered: 0 unless they come from their beginning again. */
  readonly answered: number;
  /** Where another watch stood whose stream this one goes on with. */
  readonly state?: WatchState | undefined;
  readonly format?: LiveFormat | undefined;
  /** Every so many steps are answered, odd ones always. */
  readonly every: number;
  readonly openSteps: LiveFiles["openSteps"];
  /** Takes what there is to tell of incidents, a line of JSON each. */
  readonly tellIncident?: ((line: string) => void) | undefined;
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

/** Where a watch begins. */
const NOTHING = { lines: 0, header: undefined, odd: 0, misread: 0, nats: 0, stream: { step: 0 } } as const;

/** Answers lines of live data, one at a time and in their order. */
export class Watcher {
  private readonly options: WatcherOptions;
  /** Of the columns that are modelled, without what is known beside them. */
  private readonly names: ReadonlySet<string>;
  private reader: StepReader | undefined;
  private header: string | undefined;
  /** How many lines came in before this watch, and by now. */
  private readonly linesBefore: number;
  private lines: number;
  /** What is still to be told. */
  private readonly notes: NoteEvent[] = [];
  private steps: number;
  private odd: number;
  private misread: number;
  private nats: number;
  private isTimelessTold = false;
  /** How many steps were skipped; undefined once a new one came. */
  private fedAgain: number | undefined = 0;
  private moment: number | undefined;
  private readonly tracker: IncidentTracker | undefined;
  private readonly effectiveSizes = new EffectiveSizes();
  /** What is known beside each step, of the stream itself. */
  private readonly derived: LiveDerived;

  constructor(options: WatcherOptions) {
    this.options = options;
    this.names = new Set(options.run.columns.map(({ name }) => name));
    const { run } = options;
    this.derived = new LiveDerived(run.columns, run.model.conditions ?? [], options.state?.derived);
    const { lines, header, odd, misread, nats, stream } = options.state ?? NOTHING;
    this.tracker = options.detector && new IncidentTracker(options.detector.detector, options.run.columns);
    if (options.state?.incidents !== undefined) this.tracker?.restore(options.state.incidents);
    [this.linesBefore, this.lines, this.header] = [lines - options.answered, lines, header];
    [this.steps, this.odd, this.misread, this.nats] = [stream.step, odd, misread, nats];
  }

  /**
   * What is to be told of a line: an answer, or nothing for blank lines, a header and steps that are not to be
   * answered. A line that cannot be understood is told on both sides and leaves the model as it was.
   *
   * @throws VrnnError `data/header` when the first line is a header that does not fit the model.
   */
  async answer({ number: own, text }: Line): Promise<(NoteEvent | AnswerEvent)[]> {
    const number = this.linesBefore + own;
    this.lines = number;
    if (text?.trim() === "" || (this.reader !== undefined && text === this.header)) return []; // a file begun anew has its header again
    try {
      if (text === undefined)
        throw new VrnnError("data/line", "the line is too long", { at: `${SOURCE}:${number}` });
      const answer = await this.step(text, number);
      return [...this.takeNotes(), ...(answer === undefined ? [] : [answerOf(answer)])];
    } catch (error) {
      if (!(error instanceof VrnnError) || error.code === "data/header") throw error;
      if (number <= this.options.answered) return this.takeNotes();
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

  /** Where it stands, for another watch to go on from; undefined where who follows keeps no state. */
  get state(): WatchState | undefined {
    const { lines, header, odd, misread, nats, options } = this;
    const { stream, detector } = options;
    const { state: derived } = this.derived;
    if (stream.state === undefined) return undefined;
    return {
      ...{ lines, odd, misread, nats, stream: stream.state },
      ...(header !== undefined && { header }),
      ...(this.moment !== undefined && { moment: this.moment }),
      ...(detector && { detector: detector.state }),
      ...(this.tracker && { incidents: this.tracker.state }),
      ...(derived && { derived }),
    };
  }

  /** What was seen, in one line. */
  summary(): string {
    const { detector } = this.options;
    const { summary: effective } = this.effectiveSizes;
    const parts = [
      counted(this.steps, "step"),
      ...(this.steps > 0 ? [`${nats(this.nats / this.steps)} nats per step`] : []),
      ...(detector === undefined ? [] : [`${grouped(this.odd)} odd`]),
      ...(effective === undefined
        ? []
        : [
            `${effective.mean.toFixed(1)} particles count in the mean, ${effective.least.toFixed(1)} at least`,
          ]),
      ...(this.misread > 0 ? [`${counted(this.misread, "line")} not understood`] : []),
    ];
    return parts.join(", ");
  }

  private async step(text: string, line: number): Promise<string | undefined> {
    if (this.reader === undefined) {
      const first = this.begin(text, line);
      this.reader = first.reader;
      if (first.isHeader) return undefined;
    }
    const { run, stream, detector, every } = this.options;
    const width = run.columns.length;
    const { values, ...live } = this.reader.read(text, line);
    const x = values.subarray(0, width);
    const time = live.moment ?? Number.NaN;
    if (this.wasAnswered(time)) return undefined;
    if (Number.isNaN(time)) this.tellTimeless(line);
    const answer = await stream.step(x, this.derived.known({ x, told: values.subarray(width), time }));
    this.derived.taken();
    const alarm = detector?.step(stepScores(x, answer.logLikelihood, answer.kl), x);
    if (alarm !== undefined) this.tellIncidents(alarm, x, answer.step, time);
    this.steps = answer.step;
    this.nats += answer.total;
    const { names } = this;
    const watched = { line, live, answer, alarm, unseen: live.unseen.filter((name) => names.has(name)) };
    const isNews = isOdd(watched);
    if (isNews) this.odd += 1;
    this.watchParticles(answer);
    return answer.step % every === 0 || isNews ? answerLine(run.columns, watched) : undefined;
  }

  /** Says once that a step has no time of which the calendar could be made. */
  private tellTimeless(line: number): void {
    if (this.isTimelessTold || !this.derived.needsTimes) return;
    this.isTimelessTold = true;
    const what = "the time cannot be read; what the model makes of it is withheld (told once)";
    this.notes.push(note(`${SOURCE}:${line}: ${what}`));
  }

  /** Whether a step is one that the watch before had: a stream that is fed again from its beginning. */
  private wasAnswered(time: number): boolean {
    const { moment } = this.options.state ?? {};
    if (moment !== undefined && this.fedAgain !== undefined && time <= moment) {
      this.fedAgain += 1;
      return true;
    }
    if (this.fedAgain)
      this.notes.push(note(`${counted(this.fedAgain, "step")} answered by an earlier watch are skipped`));
    this.fedAgain = undefined;
    if (!Number.isNaN(time)) this.moment = time;
    return false;
  }

  /** Gathers the step into incidents; of those that open or are over a line is told, lasting changes as a note too. */
  private tellIncidents(alarm: Alarm, values: Float64Array, step: number, time: number): void {
    const moment = Number.isNaN(time) ? step : time;
    const news = this.tracker?.add({ step: step - 1, time: moment, alarm, values }) ?? [];
    for (const { state, incident } of news) {
      this.options.tellIncident?.(`${JSON.stringify({ state, ...toldOf(SOURCE, incident) })}\n`);
      if (incident.type !== "anomaly") this.notes.push(note(incident.text));
    }
  }

  /** Tells the incident that is under way when the stream ends for good. */
  end(): void {
    for (const { state, incident } of this.tracker?.end() ?? [])
      this.options.tellIncident?.(`${JSON.stringify({ state, ...toldOf(SOURCE, incident) })}\n`);
  }

  private watchParticles({ effectiveSize }: FollowerAnswer): void {
    const told = effectiveSize === undefined ? undefined : this.effectiveSizes.add(effectiveSize);
    if (told !== undefined) this.notes.push(note(told));
  }

  private takeNotes(): NoteEvent[] {
    return this.notes.splice(0);
  }

  /** How the lines are read from the first on: by a header of their own, or by the one that an earlier watch was given. */
  private begin(text: string, line: number): { readonly reader: StepReader; readonly isHeader: boolean } {
    const { header } = this;
    const own = header === undefined ? this.open(text, line) : this.openHeader(text, line);
    if (own === undefined) return { reader: this.open(header as string, line), isHeader: false };
    if (own.isHeader) this.header = text;
    return { reader: own, isHeader: own.isHeader };
  }

  /** A reader by a line, if it is a header of the model's columns. */
  private openHeader(text: string, line: number): StepReader | undefined {
    try {
      const reader = this.open(text, line);
      return reader.isHeader ? reader : undefined;
    } catch (error) {
      if (error instanceof VrnnError && error.code === "data/header") return undefined;
      throw error;
    }
  }

  private open(text: string, line: number): StepReader {
    const { run, format } = this.options;
    const { columns, config } = run;
    return this.options.openSteps(text, line, {
      columns: [...columns, ...readConditions(run.model.conditions)],
      format,
      missing: config.data.schema.missing,
      notMissing: config.data.schema.notMissing,
      decimal: config.data.schema.decimal,
      sequence: config.data.schema.sequence,
      time: config.data.schema.time,
      dates: config.data.schema.dates,
      timeColumn: config.data.time,
      source: SOURCE,
      onNote: (text) => this.notes.push(note(text)),
    });
  }
}

const answerOf = (text: string): AnswerEvent => ({ type: "answer", text });
