import { LiveDetector } from "../anomaly/live-detector.ts";
import { VrnnError } from "../errors.ts";
import { type Following, type FollowingName, followings } from "../inference/following.ts";
import { capabilitiesOf, type Model } from "../models/model.ts";
import { usageError } from "../options.ts";
import { alarmWords } from "../words/alarms.ts";
import { counted, grouped } from "../words/figures.ts";
import type { WatchState } from "../workbench/watch-state.ts";
import { type Context, filesOf } from "./context.ts";
import { type Event, type NoteEvent, note } from "./event.ts";
import type { LiveFiles, WatchStateStore } from "./files.ts";
import { materialOf } from "./materials/index.ts";
import type { WatchedFrames } from "./materials/material.ts";
import { tableRun } from "./subject.ts";
import { operation } from "./usual.ts";
import { PARTICLES, type WatchInput, watchInput } from "./watch-input.ts";
import { type WatchCounts, Watcher } from "./watcher.ts";

export const watch = operation({
  input: watchInput,
  output: "answers",
  async *run(context, input, given): AsyncGenerator<Event<WatchCounts | WatchedFrames>> {
    const { watch: own } = await materialOf(context);
    if (own !== undefined) return yield* own(context, input, given);
    const files = filesOf(context);
    const run = await tableRun(context, "watch");
    const { model, weights, columns } = run;
    const following = yield* chosenFollowing(model, input);
    const { every } = run.config.data.schema;
    if (every !== undefined) yield note(`the model knows steps of ${every}: each line counts as one`);
    const { seed, forecast } = input;
    const store = input.state === undefined ? undefined : await files.watchState(input.state, seed);
    const state = store?.read();
    const runtime = await context.runtime();
    const settings = { runtime, model, weights, columns, seed, forecast };
    const stream = await following.open({ ...settings, ...(state && { state: state.stream }) });
    try {
      const detector = input.flags ? yield* calibrated(files, following, input) : undefined;
      if (state) yield* goneOn(state, detector);
      const sink = input.incidents === undefined ? undefined : files.appender(input.incidents);
      const watcher = new Watcher({
        ...{ ...input, run, stream, detector, state, openSteps: files.openSteps },
        answered: input.follow !== undefined && state?.moment !== undefined ? state.lines : 0,
        tellIncident: sink,
      });
      yield* watched(watcher, context, { keeper: new Keeper(store, watcher), file: input.follow, state });
    } finally {
      await stream.close();
    }
  },
});

/** Where lines come from, and where it is kept what they led to. */
interface Lines {
  readonly keeper: Keeper;
  /** A file that is followed; stdin unless told. */
  readonly file: string | undefined;
  readonly state: WatchState | undefined;
}

/** How many lines of a followed file are passed over: where steps have times, these tell which were answered. */
const skippedLines = (state: WatchState | undefined): number =>
  state === undefined || state.moment !== undefined ? 0 : state.lines;

/** Answers the lines as they come, until there are no more or it is asked to stop. */
async function* watched(
  watcher: Watcher,
  context: Context,
  { keeper, file, state }: Lines,
): AsyncGenerator<Event<WatchCounts>> {
  const { signal } = context; // from here on: before, nothing is lost where the system ends the process
  const files = filesOf(context);
  const skipped = file === undefined ? 0 : skippedLines(state);
  if (skipped > 0) yield note(`the first ${counted(skipped, "line")} of ${file} were answered before`);
  try {
    for await (const line of file === undefined ? files.lines() : files.followed(file, skipped)) {
      if (signal.aborted) break;
      yield* await watcher.answer(line);
      keeper.told();
    }
  } finally {
    keeper.save();
  }
  if (!signal.aborted) watcher.end();
  const summary = watcher.summary();
  yield signal.aborted ? { type: "stopped", text: summary } : note(summary);
  yield { type: "result", value: watcher.counts, summary: watcher.counts };
}

/** How often a state is saved while lines come in, in milliseconds. */
const SAVED_EVERY = 5000;

/** Keeps where a watch stands: what it has told, and no step that nobody was told of. */
class Keeper {
  private readonly store: WatchStateStore | undefined;
  private readonly watcher: Watcher;
  private latest: WatchState | undefined;
  private saved = performance.now();

  constructor(store: WatchStateStore | undefined, watcher: Watcher) {
    this.store = store;
    this.watcher = watcher;
  }

  /** The answer to the last line has been taken. */
  told(): void {
    if (this.store === undefined) return;
    this.latest = this.watcher.state;
    if (performance.now() - this.saved >= SAVED_EVERY) this.save();
  }

  /** @throws VrnnError `file/...` */
  save(): void {
    if (this.latest === undefined) return;
    this.store?.write(this.latest);
    this.saved = performance.now();
  }
}

/** Tells from where it goes on; a detector goes on as it was too. */
function* goneOn(
  { lines, stream, detector: kept }: WatchState,
  detector: LiveDetector | undefined,
): Generator<NoteEvent> {
  yield note(`goes on after step ${grouped(stream.step)}, line ${grouped(lines)} of the stream`);
  if (detector === undefined) return;
  if (kept === undefined) yield note("flags: steps before were not looked at and count as usual");
  else detector.restore(kept);
}

/** How the stream is followed: as was asked for, else by particles where no posterior leads from step to step. */
function* chosenFollowing(
  model: Model,
  { by, particles, state }: Pick<WatchInput, "by" | "particles" | "state">,
): Generator<NoteEvent, Following> {
  const isGuided = capabilitiesOf(model).guided;
  if (by !== undefined && !isWay(by)) throw usageError(`--by ${by} is of frames`, "leave it out");
  const way = by ?? (isGuided && particles === undefined ? "posterior" : "particles");
  if (way === "posterior" && particles !== undefined)
    throw usageError(
      "--particles has no effect where the posterior follows the stream",
      "leave one of them out",
    );
  const count = particles ?? PARTICLES;
  if (by === undefined && !isGuided)
    yield note(`without a posterior from step to step: ${count} particles follow the stream`);
  const following = followings[way](count);
  if (state !== undefined && !following.keepsState)
    throw usageError("--state has no effect where particles follow the stream", "leave it out");
  return following;
}

const isWay = (by: NonNullable<WatchInput["by"]>): by is FollowingName => Object.hasOwn(followings, by);

/** What is wrong with what was asked for, whatever the data. */
const MISTAKES: ReadonlySet<string> = new Set(["detect/no-clock", "detect/bad-option"]);

/** A detector, or none where the data to set its threshold by are not there, which is told. */
async function* calibrated(
  files: LiveFiles,
  following: Following,
  { data, seed, alarmsPerHour, alarmsPerThousandSteps, lasting, adapt }: WatchInput,
): AsyncGenerator<NoteEvent, LiveDetector | undefined> {
  const started = performance.now();
  try {
    const rates = { alarmsPerHour, alarmsPerThousandSteps, lasting };
    const { detector, isTimed } = await files.detector({ path: data, seed, following, ...rates });
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const most = alarmWords(detector.wanted, isTimed);
    yield note(`flags: set by training and validation data in ${seconds} s, for ${most} at most`);
    return new LiveDetector(detector, { adapts: adapt });
  } catch (error) {
    if (data !== undefined || !(error instanceof VrnnError) || MISTAKES.has(error.code)) throw error;
    yield note(`no flags: ${error.message}`);
    return undefined;
  }
}
