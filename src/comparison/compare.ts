/** Several models on the same data: each learnt under one budget, all judged by the same exam. */
import type { Dataset } from "../data/dataset.ts";
import type { Notice } from "../data/notice.ts";
import { VrnnError } from "../errors.ts";
import { type ClockProgress, type Event, note } from "../operations/event.ts";
import type { DataSchema } from "../run/data-schema.ts";
import { digestOf } from "../run/digest.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { clockTime, nats, rate } from "../words/figures.ts";
import type { Contender } from "./contenders.ts";
import { type Exam, examOf, stepsOf } from "./exam.ts";
import { ComparisonFolder, type Result, type Settings, type Ways } from "./kept.ts";
import type { Lesson } from "./learnt.ts";
import { AS_USUAL, chosenWays, toldData } from "./prepared.ts";
import { ranked } from "./ranked.ts";
import type { Refusal, Table } from "./words.ts";

/** Whether a comparison begins, begins in the place of another one, or goes on. */
export type Beginning = "new" | "replace" | "resume";

/** What is to be compared. */
export interface Comparing {
  readonly contenders: readonly Contender[];
  readonly data: Dataset;
  /** Where the data are, and with what they were read. */
  readonly path: string;
  readonly more: readonly string[];
  readonly schema: DataSchema;
  /** The folder of the comparison. */
  readonly out: string;
  readonly start: Beginning;
  /** In seconds, of each model. */
  readonly budget: number;
  readonly seed: number;
  /** Those that were asked for; the usual ones unless told. */
  readonly horizons: readonly number[] | undefined;
  /** How models tell the columns that can tell them in several ways; chosen by trials unless told. */
  readonly ways: Ways | undefined;
  readonly particles: number;
  readonly runtime: Runtime;
  readonly signal: AbortSignal;
  readonly notice: Notice;
}

/**
 * Learns and judges one model after the other, and says how they stand.
 *
 * @returns undefined when it was asked to stop
 * @throws VrnnError `compare/...`, `data/...`, `file/...`, `run/...`
 */
export async function* compared(comparing: Comparing): AsyncGenerator<Event<never>, Table | undefined> {
  const { data, out, contenders } = comparing;
  requireSplits(data);
  examOf(data, comparing.horizons); // refused before anything is learnt
  const folder = new ComparisonFolder(out);
  const kept = begunBefore(folder, comparing);
  const ways = kept?.ways ?? comparing.ways ?? (yield* choosing(comparing));
  if (ways === undefined) return undefined;
  const exam = examOf(toldData(data, ways), comparing.horizons);
  const { budget, seed, particles } = comparing;
  const settings = { digest: digestOf(data), budget, seed, particles, horizons: [...exam.horizons] };
  if (kept === undefined) folder.begin(settings, ways);
  else {
    requireSame(kept.settings, settings, out);
    requireWays(kept.ways, comparing.ways, out);
  }
  const mayReplace = kept !== undefined || comparing.start === "replace";
  const lesson: Lesson = { ...comparing, folder, exam, ways, mayReplace };
  const results: Result[] = [];
  const refusals: Refusal[] = [];
  const course = new Course(contenders, budget);
  for (const contender of contenders) {
    const outcome = yield* course.timed(contender, heard(contender, lesson));
    if (outcome === undefined) return undefined;
    if ("refused" in outcome) refusals.push(outcome);
    else results.push(outcome);
    yield note(course.words(contender, outcome, exam));
  }
  const { horizons, columns } = exam;
  const steps = stepsOf(exam);
  return { standings: ranked(results, exam), refusals, horizons, steps, isInDeviations: columns.length > 1 };
}

/** @throws VrnnError `compare/no-split` */
function requireSplits({ splits }: Dataset): void {
  for (const [name, why] of [
    ["valid", "which say when training is long enough"],
    ["test", "by which all models are judged"],
  ] as const) {
    if (splits[name].some(({ length }) => length > 0)) continue;
    throw new VrnnError("compare/no-split", `the data have no ${name} split, ${why}`, {
      at: "--split",
      remedy: "leave some for it, such as --split 0.7,0.15,0.15",
    });
  }
}

/** What the comparison that is to go on was asked. @throws VrnnError `compare/exists`, `compare/kept` */
function begunBefore(folder: ComparisonFolder, { start, out }: Comparing) {
  if (start === "replace") return undefined;
  const { asked } = folder;
  if (asked === undefined || start === "resume") return asked;
  throw new VrnnError("compare/exists", "there is a comparison in this folder already", {
    at: out,
    remedy: "go on with it by --resume, start over with --force, or choose another folder with --out",
  });
}

/** The ways to tell columns, which no budget pays for; undefined when it was asked to stop. */
async function* choosing(comparing: Comparing): AsyncGenerator<Event<never>, Ways | undefined> {
  if (comparing.contenders.every(({ isTold }) => !isTold)) return AS_USUAL;
  const began = performance.now();
  const ways = await chosenWays(comparing);
  if (comparing.signal.aborted) return undefined;
  yield note(
    `how columns are told was chosen in ${rate((performance.now() - began) / 1000)} s, once for all`,
  );
  return ways;
}

/** What each setting is called where it was said. */
const flags: Readonly<Record<keyof Settings, string>> = {
  digest: "the data",
  budget: "--budget",
  seed: "--seed",
  horizons: "--horizons",
  particles: "--particles",
};

/** @throws VrnnError `compare/settings` */
function requireSame(kept: Settings, asked: Settings, at: string): void {
  for (const key of Object.keys(flags) as (keyof Settings)[]) {
    if (String(kept[key]) === String(asked[key])) continue;
    const what =
      key === "digest"
        ? "the data are not those that the comparison began with"
        : `${flags[key]} is ${String(kept[key])} in this comparison and cannot become ${String(asked[key])}`;
    throw new VrnnError("compare/settings", what, {
      at,
      remedy: "give the same command with --resume, or start over with --force",
    });
  }
}

/** @throws VrnnError `compare/settings` where columns are to be told in other ways than those of the comparison */
function requireWays(kept: Ways, asked: Ways | undefined, at: string): void {
  if (asked === undefined) return;
  const told = ({ emission, center }: Ways) => JSON.stringify([emission, center]);
  if (told(kept) === told(asked)) return;
  throw new VrnnError("compare/settings", "columns are told in other ways in this comparison", {
    at,
    remedy: "leave out --emission and --center, or start over with --force",
  });
}

/** What keeps one model from taking part keeps no other; what is wrong with files and folders keeps all. */
const OF_ALL: ReadonlySet<string> = new Set(["file", "run", "checkpoint", "compare/kept"]);

/** The result of a model, that of an earlier call where there is one; why it has none; undefined when it was stopped. */
async function* heard(
  { name, compete }: Contender,
  lesson: Lesson,
): AsyncGenerator<Event<never>, Result | Refusal | undefined> {
  const kept = lesson.folder.progress(name)?.result;
  if (kept !== undefined) return kept;
  try {
    const result = yield* compete(lesson);
    if (result !== undefined) lesson.folder.keep(name, { spent: result.trainSeconds, result });
    return result;
  } catch (error) {
    if (!(error instanceof VrnnError)) throw error;
    if (OF_ALL.has(error.code) || OF_ALL.has(error.code.split("/", 1)[0]!)) throw error;
    return { name, refused: [error.what, ...(error.remedy === undefined ? [] : [error.remedy])].join("; ") };
  }
}

/** How far a comparison is. */
class Course {
  private readonly contenders: readonly Contender[];
  private readonly budget: number;
  private done = 0;

  constructor(contenders: readonly Contender[], budget: number) {
    this.contenders = contenders;
    this.budget = budget;
  }

  /** The events of a model, their clock that of all models. */
  async *timed<Outcome>(
    { name, isLearnt }: Contender,
    events: AsyncGenerator<Event<never>, Outcome>,
  ): AsyncGenerator<Event<never>, Outcome> {
    let next = await events.next();
    for (; !next.done; next = await events.next())
      yield next.value.type === "clock" ? this.clock(name, next.value) : next.value;
    if (isLearnt) this.done += 1;
    return next.value;
  }

  private clock(name: string, { time }: ClockProgress): ClockProgress {
    const learnt = this.contenders.filter(({ isLearnt }) => isLearnt).length;
    const [at, of] = [this.budget * this.done + Math.min(time, this.budget), this.budget * learnt];
    const what = `${name}, ${this.done + 1} of ${learnt}: ${clockTime(of - at)} left at most`;
    return { type: "clock", time: at, of, what };
  }

  /** What there is to say of a model once it was heard. */
  words({ name }: Contender, outcome: Result | Refusal, { stretches }: Exam): string {
    if ("refused" in outcome) return `${name} takes no part: ${outcome.refused}`;
    const steps = stepsOf({ stretches });
    const mean = outcome.nats.reduce((sum, each) => sum + each, 0) / steps;
    const settings = outcome.settings === "" ? "" : ` (${outcome.settings})`;
    return `${name}${settings}: ${outcome.isBound ? "at least " : ""}${nats(mean)} nats per step, after ${rate(outcome.trainSeconds)} s`;
  }
}
