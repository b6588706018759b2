/** A model that is learnt within its budget: settings searched, trained until validation gets no better or the time is over. */
import type { Dataset } from "../data/dataset.ts";
import { VrnnError } from "../errors.ts";
import type { FamilyName } from "../models/loading.ts";
import { capabilitiesOf } from "../models/model.ts";
import { countOf } from "../nn/parameters.ts";
import { type Event, note } from "../operations/event.ts";
import type { DataSchema } from "../run/data-schema.ts";
import { RunFolder } from "../run/folder.ts";
import { newConfig, openRun, type Run } from "../run/run.ts";
import { type RunConfig, runConfig } from "../run/run-config.ts";
import { rate } from "../words/figures.ts";
import { deadlineAfter } from "../workbench/deadline.ts";
import { type Searching, type Settings, searchSettings, settingsWords } from "../workbench/search.ts";
import { type RunStart, trainRun } from "../workbench/train.ts";
import { type Exam, natsOfStretches } from "./exam.ts";
import type { ComparisonFolder, Result } from "./kept.ts";
import { type Material, type Prepared, prepared } from "./prepared.ts";
import { crpsTold, natsTold } from "./told.ts";

/** What a model is learnt and judged by. */
export interface Lesson extends Material {
  readonly folder: ComparisonFolder;
  readonly exam: Exam;
  /** In seconds. */
  readonly budget: number;
  readonly particles: number;
  /** Where the data are, and with what they were read. */
  readonly path: string;
  readonly more: readonly string[];
  readonly schema: DataSchema;
  readonly signal: AbortSignal;
  /** Whether a run that stands where one is to begin is of this comparison, or may give way all the same. */
  readonly mayReplace: boolean;
}

/** A search takes this share of a budget, for so many trials, each of which needs so many seconds to tell anything. */
const [SEARCHED, TRIALS, LEAST_TRIAL] = [0.4, 6, 3];

/**
 * Trains a model in a folder of its own, or goes on with it, and judges it.
 *
 * @returns undefined when it was asked to stop
 * @throws VrnnError whatever keeps the family from modelling the data, `compare/untrained`
 */
export async function* learnt(
  name: FamilyName,
  lesson: Lesson,
): AsyncGenerator<Event<never>, Result | undefined> {
  const { folder, exam, signal } = lesson;
  const own = await prepared(name, lesson);
  const spent = yield* trained(name, own, lesson);
  if (spent === undefined) return undefined;
  const run = openedRun(folder.runOf(name), lesson.budget);
  const candidate = { ...lesson, name, trained: run, data: own.data };
  const began = performance.now();
  const nats = natsOfStretches(exam, await natsTold(candidate));
  const scoreSeconds = secondsSince(began);
  if (signal.aborted) return undefined;
  const forecasting = performance.now();
  const crps = yield* crpsTold(candidate, exam);
  const { model, config } = run;
  return {
    name,
    isBound: !capabilitiesOf(model).exact,
    parameters: countOf(model.parameters),
    trainSeconds: spent,
    scoreSeconds,
    forecastSeconds: secondsSince(forecasting),
    settings: settingsWords(own.family, config),
    nats,
    crps,
  };
}

/** @throws VrnnError `compare/untrained` */
function openedRun(path: string, budget: number): Run {
  const run = openRun(path);
  if (!run.folder.isUntrained) return run;
  throw new VrnnError("compare/untrained", `no epoch was finished in its ${rate(budget)} s`, {
    remedy: "give a longer --budget",
  });
}

/** A training that is ready to begin, or to go on. */
interface Begun {
  readonly config: RunConfig;
  readonly start: RunStart;
  /** The seconds of the budget that are spent by now, those of earlier calls included. */
  readonly spent: () => number;
}

/** Searches the settings of a run, unless it was begun before. */
async function begun(name: FamilyName, own: Prepared, lesson: Lesson): Promise<Begun> {
  const { folder, mayReplace } = lesson;
  const path = folder.runOf(name);
  const kept = folder.progress(name)?.spent;
  const began = performance.now();
  if (kept !== undefined && RunFolder.isRun(path))
    return {
      config: RunFolder.open(path, runConfig).config,
      start: "resume",
      spent: () => kept + secondsSince(began),
    };
  const config = configOf(name, own, await searched(name, own, lesson), lesson);
  return { config, start: mayReplace ? "replace" : "new", spent: () => secondsSince(began) };
}

/** The seconds that it took, those of earlier calls included; undefined when it was asked to stop. */
async function* trained(
  name: FamilyName,
  own: Prepared,
  lesson: Lesson,
): AsyncGenerator<Event<never>, number | undefined> {
  const { folder, budget, signal, runtime } = lesson;
  const { spent, ...ready } = await begun(name, own, lesson);
  if (signal.aborted) return undefined;
  folder.keep(name, { spent: spent() });
  const deadline = deadlineAfter(undefined, signal);
  const patience = new Patience(budget);
  let trainSeconds = spent();
  const run = { ...ready, path: folder.runOf(name), data: own.data, runtime, signal: deadline.signal };
  try {
    for await (const event of trainRun(run)) {
      if (patience.isOver(event, spent())) deadline.end();
      if (event.type === "saved") folder.keep(name, { spent: spent() });
      if (event.type === "step" || event.type === "epoch")
        yield { type: "clock", time: spent(), of: budget, what: name };
      if (event.type !== "result") trainSeconds = spent();
    }
  } catch (error) {
    if (!(error instanceof VrnnError) || error.code !== "train/not-finite") throw error;
    yield note(`${name}: ${error.what}: training ends, and the best weights before are judged`);
  } finally {
    deadline.release();
  }
  return signal.aborted ? undefined : trainSeconds;
}

/** Training ends with its budget; but its first epoch, without which there is nothing to judge, may take as long as all of it. */
class Patience {
  private readonly budget: number;
  private began: number | undefined;
  private hasEpoch = false;

  constructor(budget: number) {
    this.budget = budget;
  }

  isOver({ type, epoch = 0 }: { readonly type: string; readonly epoch?: number }, spent: number): boolean {
    this.began ??= spent;
    this.hasEpoch ||= type === "epoch" || epoch > 0;
    return spent >= this.budget + (this.hasEpoch ? 0 : this.began);
  }
}

/** The settings that a short search finds; those that it would set out from where there is no time for one. */
async function searched(name: FamilyName, own: Prepared, lesson: Lesson): Promise<Settings> {
  const { model, training, data } = own;
  const budget = SEARCHED * lesson.budget;
  if (budget < 2 * LEAST_TRIAL) return { model, training };
  const { runtime, signal, notice } = lesson;
  const trialSeconds = Math.max(LEAST_TRIAL, budget / TRIALS);
  const searching: Searching = {
    ...{ family: name, model, training, data, runtime, signal, budget, trialSeconds },
    notice: (lines) => notice(lines.map((line) => `${name}: ${line}`)),
  };
  return searchSettings(searching);
}

const configOf = (name: FamilyName, { data }: Prepared, found: Settings, lesson: Lesson): RunConfig => {
  const { path, more, schema } = lesson;
  return newConfig({ family: name, ...found, path, more, data, schema: { ...schema, ...scalingOf(data) } });
};

const scalingOf = ({ scaleSteps }: Dataset) => (scaleSteps === undefined ? {} : { scaleSteps });

const secondsSince = (began: number): number => (performance.now() - began) / 1000;
