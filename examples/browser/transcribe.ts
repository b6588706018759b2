/** A page that writes what is said: into the microphone, or in a recording. A worker opens the run and hears. */
import { LiveHearing, type LiveTranscript, type SpokenWord } from "vrnn/web/live";

const element = <Type extends HTMLElement>(id: string) => document.getElementById(id) as Type;
const [listen, recording] = [element<HTMLButtonElement>("listen"), element<HTMLInputElement>("recording")];

/** Seconds of a recording that are given at once. */
const PIECE = 0.1;

/** Hands the microphone's samples on as they come; it runs on a thread of its own. */
const recorder = `registerProcessor("recorder", class extends AudioWorkletProcessor {
  process([[channel]]) {
    if (channel) this.port.postMessage(channel.slice());
    return true;
  }
});`;

function say(text: string): void {
  element("status").textContent = text;
}
const tell = (error: unknown): void => say(error instanceof Error ? error.message : String(error));

const textOf = (words: readonly SpokenWord[]): string => words.map(({ word }) => word).join(" ");

/** What was said for good is a line; below it stands what is being said, its words that may change yet paler. */
function show(told: LiveTranscript): void {
  const isFinal = told.type === "final";
  element("stable").textContent = isFinal ? "" : textOf(told.words.slice(0, told.stable));
  element("open").textContent = isFinal ? "" : textOf(told.words.slice(told.stable));
  if (!isFinal) return;
  const [line, time, text] = [
    document.createElement("li"),
    document.createElement("time"),
    document.createElement("span"),
  ];
  time.textContent = `${told.start.toFixed(1)} s`;
  text.textContent = textOf(told.words);
  line.append(time, text);
  element("said").append(line);
}

/** Seconds that were given, to say how far the worker is behind. */
let given = 0;
function give(hearing: LiveHearing, samples: Float32Array<ArrayBuffer>, rate: number): void {
  given += samples.length / rate;
  hearing.push(samples, rate);
}
const progress = (heard: number): void =>
  say(`${heard.toFixed(1)} s heard, ${Math.max(0, given - heard).toFixed(1)} s behind`);

/** Listens to the microphone; what ends that. */
async function listening(hearing: LiveHearing): Promise<() => Promise<void>> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
  const context = new AudioContext();
  const module = URL.createObjectURL(new Blob([recorder], { type: "text/javascript" }));
  await context.audioWorklet.addModule(module);
  URL.revokeObjectURL(module);
  const node = new AudioWorkletNode(context, "recorder", { numberOfOutputs: 0 });
  node.port.onmessage = ({ data }: MessageEvent<Float32Array<ArrayBuffer>>) =>
    give(hearing, data, context.sampleRate);
  context.createMediaStreamSource(stream).connect(node);
  return async () => {
    for (const track of stream.getTracks()) track.stop();
    await context.close();
    await hearing.finish();
  };
}

/** Hears a recording of any format that the browser plays. */
async function heard(hearing: LiveHearing, file: File): Promise<void> {
  const { rate } = hearing.ears;
  const sound = await new OfflineAudioContext(1, 1, rate).decodeAudioData(await file.arrayBuffer());
  const samples = sound.getChannelData(0);
  const length = Math.round(PIECE * rate);
  const began = performance.now();
  for (let at = 0; at < samples.length; at += length) {
    const due = began + (1000 * at) / rate;
    const left = due - performance.now();
    if (element<HTMLInputElement>("pace").checked && left > 0)
      await new Promise((resolve) => setTimeout(resolve, left));
    give(hearing, samples.slice(at, at + length), rate);
  }
  await hearing.finish();
  say(`${sound.duration.toFixed(1)} s heard`);
}

let hearing: LiveHearing | undefined;
let stop: (() => Promise<void>) | undefined;

function ready(isReady: boolean): void {
  listen.disabled = !isReady;
  recording.disabled = !isReady;
}

async function opened(files: FileList): Promise<LiveHearing> {
  const named = (ending: string) => [...files].find(({ name }) => name.endsWith(ending));
  const [config, weights] = [named(".json"), named(".safetensors")];
  if (config === undefined || weights === undefined)
    throw new Error("choose both files of the run: config.json and weights.safetensors");
  return LiveHearing.start({
    run: { config, weights },
    wasmPaths: new URL("ort/", location.href).href,
    onTold: show,
    onHeard: progress,
    onError: tell,
  });
}

element<HTMLInputElement>("run").onchange = async ({ target }) => {
  const { files } = target as HTMLInputElement;
  if (!files?.length) return;
  ready(false);
  await stop?.();
  hearing?.end();
  [hearing, stop, given] = [undefined, undefined, 0];
  say("The run is opened.");
  try {
    hearing = await opened(files);
    ready(true);
    say("Listen, or choose a recording.");
  } catch (error) {
    tell(error);
  }
};

listen.onclick = async () => {
  if (hearing === undefined) return;
  try {
    if (stop === undefined) stop = await listening(hearing);
    else {
      const end = stop;
      stop = undefined;
      await end();
    }
  } catch (error) {
    tell(error);
  }
  const isListening = stop !== undefined;
  listen.textContent = isListening ? "Stop" : "Listen";
  listen.setAttribute("aria-pressed", String(isListening));
  recording.disabled = isListening;
};

recording.onchange = async () => {
  const [file] = recording.files ?? [];
  if (file === undefined || hearing === undefined) return;
  ready(false);
  try {
    await heard(hearing, file);
  } catch (error) {
    tell(error);
  }
  recording.value = "";
  ready(true);
};
