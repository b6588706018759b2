/** What `vrnn watch` makes of frames that come in one at a time. */
import { type FrameDetector, frameScore, type Patch, worstPatch } from "../../anomaly/frames.ts";
import type { FramesField } from "../../data/fields.ts";
import type { LiveFrame } from "../../data/images/live-frames.ts";
import { FrameStream } from "../../inference/frame-stream.ts";
import { oneLine } from "../../legible.ts";
import { usageError } from "../../options.ts";
import { framesOf } from "../../run/run-fields.ts";
import { counted, grouped } from "../../words/figures.ts";
import type { Context } from "../context.ts";
import type { AnswerEvent, Event } from "../event.ts";
import { note } from "../usual.ts";
import type { WatchGiven, WatchInput } from "../watch-input.ts";
import { framesComing } from "./live-frames.ts";
import { type FrameLook, refuseOfTables, setDetector } from "./looked-frames.ts";
import type { WatchedFrames } from "./material.ts";
import { brokenAnswer, frameAnswer, type WatchedFrame } from "./watch-frame-answer.ts";

/**
 * Answers frames as they come, none by what comes later: how odd each is and where, by a threshold of clean clips.
 *
 * @throws VrnnError `detect/clean` where there are no clean clips, `usage/option` for options of tables
 */
export async function* watchedFrames(
  context: Context,
  input: WatchInput,
  given: WatchGiven,
): AsyncGenerator<Event<WatchedFrames>> {
  refuseUnreadOfFrames(given);
  const look: FrameLook = { by: measureOf(input), patch: input.patch, seed: input.seed };
  const { config, model, weights } = await context.run();
  const field = framesOf(config);
  const coming = await framesComing(context, input, field);
  const { alarmsPerThousandSteps, clean } = input;
  const detector = input.flags
    ? yield* setDetector(context, { ...look, alarmsPerThousandSteps, clean, smoothing: 0 })
    : undefined;
  const stream = await FrameStream.open({
    ...{ runtime: await context.runtime(), model, weights, fields: config.fields },
    ...{ measure: look.by, seed: look.seed },
  });
  const watcher = new FrameWatcher({ stream, detector, field, ...look, ...input });
  const { signal } = context; // from here on: before, nothing is lost where the system ends the process
  try {
    for await (const piece of coming) {
      if (signal.aborted) break;
      yield* await watcher.take(piece);
    }
  } finally {
    await stream.close();
  }
  const summary = watcher.summary();
  yield signal.aborted ? { type: "stopped", text: summary } : note(summary);
  yield { type: "result", value: watcher.counts, summary: watcher.counts };
}

/** @throws VrnnError `usage/option` */
function refuseUnreadOfFrames(given: WatchGiven): void {
  const { data, format, forecast, follow, particles, incidents, state, lasting, adapt } = given;
  if (data !== undefined)
    throw usageError("--data is of tables, and this run is of frames", "name clean clips: --clean <path>");
  if (follow !== undefined)
    throw usageError("--follow is of tables, and this run is of frames", "name a clip: --play <path>");
  const perHour = { "alarms-per-hour": given.alarmsPerHour };
  refuseOfTables({ format, forecast, particles, incidents, state, ...perHour, lasting, adapt });
  const { flags, clean, alarmsPerThousandSteps } = given;
  const setting =
    clean !== undefined ? "clean" : alarmsPerThousandSteps !== undefined ? "alarms-per-1000-steps" : "";
  if (flags === false && setting !== "")
    throw usageError(`--${setting} has no effect with --no-flags`, "leave one of them out");
}

/** @throws VrnnError `usage/option` for a way to follow tables */
function measureOf({ by = "surprise" }: WatchInput): FrameLook["by"] {
  if (by !== "posterior" && by !== "particles") return by;
  throw usageError(`--by ${by} is of tables, and this run is of frames`, "leave it out");
}

interface FrameWatcherOptions extends Pick<FrameLook, "patch">, Pick<WatchInput, "every" | "json"> {
  readonly stream: FrameStream;
  /** Undefined where nothing odd is looked for. */
  readonly detector: FrameDetector | undefined;
  readonly field: FramesField;
}

/** Answers frames, one at a time and in their order. */
class FrameWatcher {
  private readonly options: FrameWatcherOptions;
  private readonly width: number;
  private clip = "";
  /** How many frames of the clip were seen. */
  private frame = 0;
  private readonly seen = { frames: 0, odd: 0, broken: 0 };
  private milliseconds = 0;

  constructor(options: FrameWatcherOptions) {
    this.options = options;
    this.width = options.field.shape[1] as number;
  }

  /** What is to be told of what came in. A frame that cannot be read leaves the model as it was. */
  async take(piece: LiveFrame): Promise<Event<never>[]> {
    switch (piece.type) {
      case "note":
        return [note(piece.text)];
      case "clip":
        this.options.stream.begin(piece.name);
        [this.clip, this.frame] = [piece.name, 0];
        return [];
      case "broken": {
        this.seen.broken += 1;
        const message = oneLine(piece.error.message);
        return [note(message), ...(this.options.json ? [answerOf(brokenAnswer(this.clip, message))] : [])];
      }
      case "frame":
        return this.answer(piece.pixels, piece.at);
    }
  }

  get counts(): WatchedFrames {
    return { ...this.seen };
  }

  /** What was seen, in one line. */
  summary(): string {
    const { frames, odd, broken } = this.seen;
    const parts = [
      counted(frames, "frame"),
      ...(this.options.detector === undefined ? [] : [`${grouped(odd)} odd`]),
      ...(broken > 0 ? [`${grouped(broken)} not read`] : []),
      ...(frames > 0 ? [`${(this.milliseconds / frames).toFixed(1)} ms each`] : []),
    ];
    return parts.join(", ");
  }

  private async answer(pixels: Uint8Array, at: string | undefined): Promise<AnswerEvent[]> {
    const { detector, every, json } = this.options;
    const began = performance.now();
    const patch = await this.look(pixels);
    this.milliseconds += performance.now() - began;
    this.frame += 1;
    this.seen.frames += 1;
    const score = detector && patch && frameScore(patch.value, detector);
    const odd = score !== undefined && detector !== undefined && score > detector.threshold;
    if (odd) this.seen.odd += 1;
    if (this.frame % every !== 0 && !odd) return [];
    const { clip, frame } = this;
    const watched: WatchedFrame = { clip, frame, at, patch, score, odd: detector && odd };
    return [answerOf(frameAnswer(watched, json))];
  }

  /** The oddest square; undefined of the first frame of a clip, which nothing before it tells. */
  private async look(pixels: Uint8Array): Promise<Patch | undefined> {
    const map = await this.options.stream.step(pixels);
    return this.frame === 0 ? undefined : worstPatch(map, this.width, this.options.patch);
  }
}

const answerOf = (text: string): AnswerEvent => ({ type: "answer", text });
