/** A page that completes a text as one types, by a model of text that it learns itself or is given. */
import { ComputeWorker, type TrainedFields } from "vrnn/web/compute";

const element = <Type extends Element>(id: string) => document.getElementById(id) as unknown as Type;
const written = element<HTMLTextAreaElement>("written");
const [own, completion] = [element("own"), element("completion")];

/** A small model of characters: a minute of a novel teaches it to spell. */
const choice = {
  family: "vrnn",
  model: { hidden: 128, latent: 0, embedding: 32, cell: "lstm" },
} as const;
const training = { epochs: 3, batchSize: 16, window: 64, learningRate: 5e-3 } as const;

/** So much of what was written is read, and so many tokens are proposed. */
const [READ, PROPOSED] = [200, 24];
/** Next to 0: the likeliest token each time. */
const TEMPERATURE = 0.2;
/** Milliseconds without a key before anything is proposed. */
const PAUSE = 120;

function say(text: string): void {
  element("status").textContent = text;
}

async function learned(worker: ComputeWorker, file: File): Promise<TrainedFields> {
  const data = await worker.run("readText", { file, options: { unit: "characters" } });
  const running = worker.train({ ...choice, data, training });
  for await (const event of running) {
    if (event.type === "step")
      element<HTMLProgressElement>("progress").value = (event.epoch + event.progress) / training.epochs;
    if (event.type === "epoch")
      say(
        `epoch ${event.epoch} of ${training.epochs}: ${event.valid.natsPerStep.toFixed(3)} nats per character`,
      );
  }
  const { weights } = await running.trained;
  return { ...choice, fields: data.fields, modality: data.modality, weights };
}

async function opened(files: FileList): Promise<TrainedFields> {
  const named = (ending: string) => [...files].find(({ name }) => name.endsWith(ending));
  const [config, weights] = [named(".json"), named(".safetensors")];
  if (config === undefined || weights === undefined)
    throw new Error("choose both files of the run: config.json and weights.safetensors");
  const { openRunFiles } = await import("vrnn/web/open");
  return openRunFiles({ config, weights });
}

/** What the model would write next. */
async function proposed(worker: ComputeWorker, run: TrainedFields, text: string): Promise<string> {
  const prefix = Array.from(text).slice(-READ).join(""); // no character is cut in two
  let whole = "";
  const onEvent = (event: { readonly type: string; readonly lines?: readonly string[] }) => {
    if (event.type === "lines") whole = (event.lines ?? []).join("\n");
  };
  await worker.run(
    "sample",
    { ...run, prefix, steps: PROPOSED, count: 1, seed: 1, temperature: TEMPERATURE },
    { onEvent },
  );
  return whole.slice(prefix.length);
}

/** Proposes after each pause, and takes what was proposed at a press of Tab; the end of it. */
function completing(worker: ComputeWorker, run: TrainedFields): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const propose = async () => {
    const text = written.value;
    const next = text === "" ? "" : await proposed(worker, run, text);
    if (written.value === text) completion.textContent = next; // it was not written on meanwhile
  };
  const changed = () => {
    own.textContent = written.value;
    completion.textContent = "";
    clearTimeout(timer);
    timer = setTimeout(() => void propose().catch(tell), PAUSE);
  };
  written.oninput = changed;
  written.onkeydown = (event) => {
    if (event.key !== "Tab" || completion.textContent === "") return;
    event.preventDefault();
    written.value += completion.textContent;
    changed();
  };
  written.disabled = false;
  written.focus();
  return () => clearTimeout(timer);
}

const tell = (error: unknown): void => say(error instanceof Error ? error.message : String(error));

/** Ends what was begun before. */
let end = (): void => {};

/** Whatever was there before gives way, also what is still on its way. */
async function begin(model: (worker: ComputeWorker) => Promise<TrainedFields>): Promise<void> {
  end();
  let isOver = false;
  let [worker, stop]: [ComputeWorker | undefined, (() => void) | undefined] = [undefined, undefined];
  end = () => {
    isOver = true;
    stop?.();
    worker?.end();
  };
  written.disabled = true;
  try {
    worker = await ComputeWorker.start({ wasmPaths: new URL("ort/", location.href).href });
    if (isOver) return worker.end();
    const run = await model(worker);
    if (isOver) return;
    stop = completing(worker, run);
    say("Write.");
  } catch (error) {
    if (!isOver) tell(error);
  }
}

element<HTMLInputElement>("text").onchange = ({ target }) => {
  const [file] = (target as HTMLInputElement).files ?? [];
  if (file) void begin((own) => learned(own, file));
};
element<HTMLInputElement>("run").onchange = ({ target }) => {
  const { files } = target as HTMLInputElement;
  if (files?.length) void begin(() => opened(files));
};
