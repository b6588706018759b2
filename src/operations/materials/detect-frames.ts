/** What `vrnn detect` finds in moving pictures. */
import { type FrameDetector, frameScores } from "../../anomaly/frames.ts";
import { paired } from "../../collections.ts";
import { heated } from "../../data/images/heat.ts";
import { framesPng } from "../../data/images/strip.ts";
import type { SequenceSource } from "../../data/source.ts";
import { sequencesIn } from "../../data/whole-sequences.ts";
import { framesOf } from "../../run/run-fields.ts";
import { frameAlarmTable, type JudgedClip } from "../../tables/frame-alarm-table.ts";
import { aligned } from "../../words/aligned.ts";
import { counted, listed } from "../../words/figures.ts";
import type { Context } from "../context.ts";
import type { DetectInput } from "../detect-input.ts";
import { type Event, type FileMade, made } from "../event.ts";
import { pictureName } from "../picture-name.ts";
import { madeIn, note } from "../usual.ts";
import { type Looked, lookedAt, refuseOfTables, setDetector } from "./looked-frames.ts";
import type { DetectedFrames } from "./material.ts";

/**
 * Odd frames of clips: rows of how odd each is, and where; the threshold is set by clean clips, those of the validation split unless told.
 *
 * @throws VrnnError `detect/clean` where there are no clean clips, `usage/option` for options of tables
 */
export async function* detectedFrames(
  context: Context,
  input: DetectInput,
): AsyncGenerator<Event<DetectedFrames>> {
  const { incidents, picture, labels, alarmsPerHour, lasting, adapt, smoothing, out, maps } = input;
  refuseOfTables({ incidents, picture, labels, "alarms-per-hour": alarmsPerHour, lasting, adapt });
  const source = await context.source();
  const detector = yield* setDetector(context, input);
  const looked = await lookedAt(context, input, source);
  const single = looked.filter(({ patches }) => patches.length === 1).map(({ name }) => name);
  if (single.length > 0)
    yield note(
      `${counted(single.length, "clip")} of one frame: nothing was seen before that would make it odd or not, so do not go by the score: ${listed(single, MOST_NAMED)}`,
    );
  const clips = looked.map((clip) => judged(clip, detector, smoothing));
  const pictures = maps === undefined ? [] : await heatMaps(context, maps, source, looked, detector);
  yield { type: "artifacts", files: [...made(out, () => frameAlarmTable(clips)), ...pictures] };
  yield { type: "lines", lines: linesOf(clips) };
  const { threshold } = detector;
  yield { type: "result", value: { clips, threshold }, summary: summaryOf(clips, detector, input) };
}

/** So many clips are named. */
const MOST_NAMED = 3;

function judged({ name, patches, x, y }: Looked, detector: FrameDetector, smoothing: number): JudgedClip {
  const scores = frameScores(patches, detector, smoothing);
  const alarms = Uint8Array.from(scores, (score) => (score > detector.threshold ? 1 : 0));
  return { name, scores, x, y, alarms };
}

/** What is drawn in full red lies so many deviations above what clean frames have. */
const RED = 10;

/** The frame of each clip whose patch is worst, as it is and with what is odd in red. */
async function heatMaps(
  context: Context,
  folder: string,
  source: SequenceSource,
  looked: readonly Looked[],
  { mean, deviation }: FrameDetector,
): Promise<FileMade[]> {
  const { shape, range } = framesOf((await context.run()).config);
  const [height, width] = shape as [number, number];
  const size = shape.reduce((all, each) => all * each, 1);
  const heat = { least: mean, most: mean + RED * deviation };
  const contents: Record<string, () => Uint8Array> = {};
  for (const [{ name, worst }, { values }] of paired(looked, await sequencesIn(source))) {
    const bytes = (values["x"] as Uint8Array).subarray(worst.t * size, (worst.t + 1) * size);
    const frame = Float64Array.from(bytes, (byte) => (byte - range[0]) / (range[1] - range[0]));
    const plain = heated(frame, new Float64Array(worst.map.length).fill(mean), heat);
    const row = [plain, heated(frame, worst.map, heat)];
    contents[pictureName(name.replaceAll("/", "_"), contents)] = () => framesPng([row], [height, width, 3]);
  }
  return madeIn(context, folder, contents);
}

function summaryOf(
  clips: readonly JudgedClip[],
  { threshold }: FrameDetector,
  { by, out, maps }: DetectInput,
) {
  const frames = clips.reduce((sum, { scores }) => sum + scores.length, 0);
  return { out, maps, by, threshold, clips: clips.length, frames, odd: oddIn(clips) };
}

const oddIn = (clips: readonly JudgedClip[]): number =>
  clips.reduce((sum, { alarms }) => sum + alarms.reduce((own, alarm) => own + alarm, 0), 0);

/** A clip a line: how many of its frames are odd, which is the oddest, and where. */
function linesOf(clips: readonly JudgedClip[]): string[] {
  const rows = clips.map((clip) => {
    const t = clip.scores.reduce((best, score, i) => (score > clip.scores[best]! ? i : best), 0);
    const odd = `${oddIn([clip])} of ${counted(clip.scores.length, "frame")}`;
    return [clip.name, odd, `frame ${t + 1}`, `${clip.x[t]}, ${clip.y[t]}`, clip.scores[t]!.toFixed(2)];
  });
  return aligned([["clip", "odd", "oddest", "at x, y", "score"], ...rows]);
}
