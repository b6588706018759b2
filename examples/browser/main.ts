/** A page that trains a VRNN in a worker, and draws how that goes and what the model makes up. */
import { ComputeWorker, type Training } from "vrnn/web/compute";
import { curve, rows } from "./draw.ts";
import { wavesCsv } from "./waves.ts";

const element = <Type extends Element>(id: string) => document.getElementById(id) as unknown as Type;
const [form, progress] = [element<HTMLFormElement>("form"), element<HTMLProgressElement>("progress")];
const [trainButton, stopButton] = [element<HTMLButtonElement>("train"), element<HTMLButtonElement>("stop")];
const box = { left: 56, top: 8, width: 656, height: 168 };

const choice = { family: "vrnn", model: { hidden: 32, latent: 4 } } as const;
const madeUp = () => new File([wavesCsv()], "waves.csv");

function say(text: string): void {
  element("status").textContent = text;
}

/** One point a step, and at most one picture a frame. */
async function follow(training: Training, epochs: number): Promise<void> {
  const bounds: number[] = [];
  const draw = () => {
    element("curve").innerHTML = curve(bounds, box, "steps");
  };
  for await (const event of training) {
    if (event.type === "step") {
      bounds.push(event.natsPerStep);
      progress.value = (event.epoch + event.progress) / epochs;
      requestAnimationFrame(draw);
    } else if (event.type === "epoch")
      say(`epoch ${event.epoch} of ${epochs}: ${event.valid.natsPerStep.toFixed(3)} nats per step`);
  }
}

async function train(worker: ComputeWorker): Promise<void> {
  const chosen = element<HTMLInputElement>("file").files?.[0];
  const epochs = element<HTMLInputElement>("epochs").valueAsNumber;
  const options = chosen ? {} : { sequence: "recording" };
  const data = await worker.run("read", { file: chosen ?? madeUp(), options });
  const training = worker.train({ ...choice, data, training: { epochs, batchSize: 4, learningRate: 5e-3 } });
  stopButton.onclick = () => training.stop();
  await follow(training, epochs);

  const { weights, test } = await training.trained;
  const { columns } = data;
  const drawn = { columns, weights, count: 3, steps: 80, seed: 1 };
  const samples = await worker.run("sample", { ...choice, ...drawn });
  const first = samples.map(({ values }) => [...values].filter((_, i) => i % columns.length === 0));
  element("samples").innerHTML = rows(first, box, "steps");
  element("sampled").textContent = `Samples of ${columns[0]?.name}`;
  say(test ? `trained: ${test.natsPerStep.toFixed(3)} nats per step on test data` : "training was stopped");
}

/** Trains, whatever happens says so in a line, and leaves no worker behind. */
async function run(): Promise<void> {
  let worker: ComputeWorker | undefined;
  try {
    worker = await ComputeWorker.start({ device: "auto", wasmPaths: new URL("ort/", location.href).href });
    element("notes").textContent = worker.runtime.notes.join("; ");
    await train(worker);
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
  } finally {
    worker?.end();
  }
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  [trainButton.disabled, stopButton.disabled] = [true, false];
  await run();
  [trainButton.disabled, stopButton.disabled] = [false, true];
});
