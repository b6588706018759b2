/** A page that shows what may come after a clip: several futures side by side, their mean, and how surprising each frame was. */
import { type ClipFutures, FrameWorker, type SeenClip } from "vrnn/web/frames";
import { curve, drawFrame } from "./draw.ts";

const element = <Type extends Element>(id: string) => document.getElementById(id) as unknown as Type;
const [clips, asked, shown] = ["clips", "asked", "shown"].map((id) => element<HTMLFieldSetElement>(id)) as [
  HTMLFieldSetElement,
  HTMLFieldSetElement,
  HTMLElement,
];
const at = element<HTMLInputElement>("at");
const numberIn = (id: string): number => element<HTMLInputElement>(id).valueAsNumber;

/** Canvases are shown about so wide, in CSS pixels. */
const SHOWN = 200;
/** Frames a second. */
const RATE = 8;

let worker: FrameWorker | undefined;
let clip: SeenClip | undefined;
/** Of each frame of the clip, in nats. */
let surprise: Float64Array = new Float64Array();
let stopPlaying: (() => void) | undefined;

function say(text: string, isWrong = false): void {
  const status = element<HTMLElement>("status");
  status.textContent = text;
  status.toggleAttribute("data-wrong", isWrong);
}
const tell = (error: unknown): void => say(error instanceof Error ? error.message : String(error), true);

/** One film: what is shown at each moment, from 0 on; it stays as it ended. */
interface Film {
  readonly title: string;
  /** `[T, H·W·C]` */
  readonly frames: Float32Array;
  /** Frames from this one on are made up. */
  readonly madeFrom: number;
  readonly canvas: HTMLCanvasElement;
  readonly figure: HTMLElement;
}
let films: readonly Film[] = [];

function filmOf(title: string, frames: Float32Array, madeFrom: number): Film {
  const [height, width] = worker!.eyes.shape as [number, number];
  const [figure, caption, canvas] = [
    document.createElement("figure"),
    document.createElement("figcaption"),
    document.createElement("canvas"),
  ];
  Object.assign(canvas, { width, height });
  canvas.style.width = `${width * Math.max(1, Math.round(SHOWN / width))}px`;
  caption.textContent = title;
  figure.append(canvas, caption);
  return { title, frames, madeFrom, canvas, figure };
}

const sizeOfFrame = (): number => worker!.eyes.shape.reduce((all, size) => all * size, 1);

/** Shows films from their beginning on. @param length of the longest, in frames */
function present(own: readonly Film[], length: number, from: number): void {
  films = own;
  element<HTMLElement>("films").replaceChildren(...own.map(({ figure }) => figure));
  at.max = String(length);
  at.value = String(from);
  shown.hidden = false;
  showFrame();
}

/** Shows the moment that the slider stands at. */
function showFrame(): void {
  const t = at.valueAsNumber - 1;
  for (const { frames, madeFrom, canvas, figure } of films) {
    const last = frames.length / sizeOfFrame() - 1;
    const place = Math.min(t, last) * sizeOfFrame();
    drawFrame(canvas, frames.subarray(place, place + sizeOfFrame()));
    figure.toggleAttribute("data-made", t >= madeFrom);
  }
  const nats = surprise[t];
  element("when").textContent = `frame ${t + 1}${nats === undefined ? "" : `: ${nats.toFixed(1)} nats`}`;
  element("surprise").innerHTML = surprise.length > 1 ? surprisePicture(t) : "";
}

const BOX = { left: 90, top: 8, width: 850, height: 110 };

/** The surprise of the second frame and of those after it, and a mark at frame `t`. */
function surprisePicture(t: number): string {
  const told = Array.from(surprise.subarray(1));
  const x = BOX.left + (BOX.width * (t - 1)) / Math.max(1, told.length - 1);
  const isTold = t >= 1 && t < surprise.length;
  const mark = `<line class="now" x1="${x}" x2="${x}" y1="${BOX.top}" y2="${BOX.top + BOX.height}"/>`;
  return `<svg viewBox="0 0 960 140">${isTold ? mark : ""}${curve(told, BOX, "frames")}</svg>`;
}

function showClip(seen: SeenClip): void {
  clip = seen;
  const { name, length, frames } = seen;
  element("surprising").textContent = "It is computed.";
  Object.assign(element<HTMLInputElement>("seen"), { max: String(length), value: String(length) });
  present([filmOf(name, frames, length)], length, 1);
}

/** What was seen, then the futures, each after the frames that it goes on from. */
function showFutures({ expected, mean }: ClipFutures, seen: number, seed: number): void {
  const { name, frames, length } = clip!;
  const begun = frames.subarray(0, seen * sizeOfFrame());
  const after = (made: Float32Array) => {
    const all = new Float32Array(begun.length + made.length);
    all.set(begun);
    all.set(made, begun.length);
    return all;
  };
  const futures = expected.map((made, i) => filmOf(`future ${i + 1} of seed ${seed}`, after(made), seen));
  const steps = mean.length / sizeOfFrame();
  present(
    [filmOf(name, frames, length), ...futures, filmOf("their mean", after(mean), seen)],
    Math.max(length, seen + steps),
    seen + 1,
  );
}

/** Does something that takes a while; what goes wrong is one line on the page. */
async function during(text: string, work: () => Promise<string>): Promise<void> {
  stopPlaying?.();
  clips.disabled = asked.disabled = true;
  say(text);
  try {
    say(await work());
  } catch (error) {
    tell(error);
  }
  clips.disabled = worker === undefined;
  asked.disabled = clip === undefined;
}

async function openRun(files: readonly File[]): Promise<string> {
  const named = (ending: string) => files.find(({ name }) => name.endsWith(ending));
  const [config, weights] = [named("config.json"), named("weights.safetensors")];
  worker?.end();
  [worker, clip, shown.hidden] = [undefined, undefined, true];
  if (config === undefined || weights === undefined)
    throw new Error("choose both files of the run, config.json and weights.safetensors, or its folder");
  worker = await FrameWorker.start({
    run: { config, weights },
    wasmPaths: new URL("ort/", location.href).href,
  });
  const [height, width] = worker.eyes.shape;
  return `Frames are ${width} by ${height} pixels. Open a clip.`;
}

async function openClip(files: readonly File[]): Promise<string> {
  [clip, shown.hidden] = [undefined, true];
  const seen = await worker!.read(files);
  surprise = new Float64Array();
  showClip(seen);
  surprise = await worker!.surprise();
  element("surprising").textContent =
    `In nats of all its pixels, from the second of ${seen.length} on; the first, which no other tells, has ${surprise[0]!.toFixed(1)}.`;
  showFrame();
  return [`${seen.length} frames.`, ...seen.notes.map((note) => `Note: ${note}.`)].join(" ");
}

async function predict(): Promise<string> {
  const [seen, steps, count, seed] = ["seen", "steps", "count", "seed"].map(numberIn) as [
    number,
    number,
    number,
    number,
  ];
  const began = performance.now();
  showFutures(await worker!.predict({ seen, steps, count, seed }), seen, seed);
  return `${count} futures of ${steps} frames in ${((performance.now() - began) / 1000).toFixed(1)} s.`;
}

function play(): () => void {
  const timer = setInterval(() => {
    at.value = String(at.valueAsNumber >= Number(at.max) ? 1 : at.valueAsNumber + 1);
    showFrame();
  }, 1000 / RATE);
  const button = element<HTMLButtonElement>("play");
  button.textContent = "Pause";
  button.setAttribute("aria-pressed", "true");
  return () => {
    clearInterval(timer);
    button.textContent = "Play";
    button.setAttribute("aria-pressed", "false");
    stopPlaying = undefined;
  };
}

/** Does something with files as soon as they are chosen; the same may be chosen again. */
function onFiles(id: string, text: string, work: (files: readonly File[]) => Promise<string>): void {
  const input = element<HTMLInputElement>(id);
  input.onchange = async () => {
    const files = [...(input.files ?? [])];
    input.value = "";
    if (files.length > 0) await during(text, () => work(files));
  };
}

for (const id of ["run", "run-folder"]) onFiles(id, "The run is opened.", openRun);
for (const id of ["clip", "clip-folder"])
  onFiles(id, "The clip is read, and how surprising its frames are.", openClip);
element<HTMLFormElement>("form").onsubmit = (event) => {
  event.preventDefault();
  during("Futures are drawn.", predict);
};
at.oninput = showFrame;
element<HTMLButtonElement>("play").onclick = () => {
  if (stopPlaying === undefined) stopPlaying = play();
  else stopPlaying();
};
