/** What the tests call on a page of a real browser. */
import { graph, lower, type TensorValue } from "vrnn";
import {
  ComputeWorker,
  type ComputeWorkerOptions,
  datasetFromText,
  type Job,
  type WebDevice,
  webRuntime,
} from "vrnn/web";
import { openRunFiles } from "vrnn/web/open";
import { choice, drawing, type Recording, recordings, schema, texts, training } from "./steps.ts";

const wasmPaths = new URL("ort/", location.href).href;
const fileOf = (name: Recording) => new File([recordings[name]], "waves.csv");
const open = (options: ComputeWorkerOptions) => ComputeWorker.start({ wasmPaths, ...options });

/** Trains, scores and samples in a worker. */
async function runAll(options: ComputeWorkerOptions) {
  const worker = await open(options);
  const data = await worker.run("read", { file: fileOf("long"), options: schema });
  const { columns } = data;
  const started = worker.train({ ...choice, data, training });
  const losses: number[] = [];
  const types: string[] = [];
  for await (const event of started) {
    if (event.type === "step") losses.push(event.natsPerStep);
    types.push(event.type);
  }
  const { weights, test } = await started.trained;
  const scored = { columns, weights, sequences: data.splits.test, seed: 1 };
  const scores = await worker.run("score", { ...choice, ...scored });
  const samples = await worker.run("sample", { ...choice, ...drawing(columns, weights) });
  worker.end();
  return {
    runtime: worker.runtime,
    losses,
    types,
    test: test?.natsPerStep,
    totals: scores.map(({ total }) => [...total]),
    samples: samples.map(({ values }) => [...values]),
  };
}

/** Trains so many steps of much longer training, with data that are handed over. */
async function stopAfter(steps: number, recording: Recording, options: ComputeWorkerOptions) {
  const worker = await open(options);
  const data = await worker.run("read", { file: fileOf(recording), options: schema });
  const longer = { ...choice, data, training: { ...training, epochs: 100_000 } };
  const started = worker.train(longer, { transfer: true });
  const handedOver = data.splits.train.every(({ values }) => values.length === 0);
  const losses: number[] = [];
  let last = "";
  for await (const event of started) {
    if (event.type === "step" && losses.push(event.natsPerStep) === steps) started.stop();
    last = event.type === "end" ? event.reason : event.type;
  }
  const { lastWeights } = await started.trained;
  worker.end();
  const finite = lastWeights.length > 0 && lastWeights.every(Number.isFinite);
  return { runtime: worker.runtime, losses, last, handedOver, finite };
}

/** Trains on a text, scores it and writes in a worker. */
async function runText(options: ComputeWorkerOptions) {
  const worker = await open(options);
  const file = new File([texts.letters(1500)], "letters.txt");
  const data = await worker.run("readText", { file, options: texts.tokens });
  const started = worker.train({ ...texts.choice, data, training: texts.training });
  const losses: number[] = [];
  for await (const event of started) if (event.type === "step") losses.push(event.natsPerStep);
  const { weights, test } = await started.trained;
  const { fields, modality } = data;
  const trained = { ...texts.choice, fields, modality, weights };
  const scores = await worker.run("score", { ...trained, sequences: data.splits.test, seed: 1 });
  const lines: string[] = [];
  await worker.run(
    "sample",
    { ...trained, ...texts.writing },
    { onEvent: (event) => event.type === "lines" && lines.push(...event.lines) },
  );
  worker.end();
  return { losses, test: test?.natsPerStep, totals: scores.map(({ total }) => [...total]), lines };
}

/** Opens a run of text that was trained elsewhere, from the files of its folder, scores with it and writes. */
async function openText(options: ComputeWorkerOptions, config: string, weights: readonly number[]) {
  const worker = await open(options);
  const run = await openRunFiles({
    config: new File([config], "config.json"),
    weights: new File([Uint8Array.from(weights)], "weights.safetensors"),
  });
  const { x } = run.fields;
  if (x?.kind !== "tokens") throw new Error("the run is not of text");
  const file = new File([texts.letters(300)], "other.txt");
  const { vocabulary } = x;
  const data = await worker.run("readText", {
    file,
    options: { ...texts.tokens, vocabulary, split: [0, 0, 1] },
  });
  const [scores] = await worker.run("score", { ...run, sequences: data.splits.test, seed: 1 });
  worker.end();
  return [...scores!.total];
}

/** The line that a mistake is answered with. */
async function failure(options: ComputeWorkerOptions, mistake: Mistake): Promise<string> {
  try {
    const worker = await open(options);
    if (mistake.file) await worker.run("read", { file: new File([mistake.file.text], mistake.file.name) });
    const data = datasetFromText(recordings.short, "waves.csv", schema);
    await worker.train({ ...choice, data, ...mistake.train }).trained;
    return "nothing failed";
  } catch (error) {
    const { code, message } = error as Error & { code: string };
    return `${code}: ${message}`;
  }
}

/** Halves the way to a target so many times, in place on the device; and what goes wrong there. */
async function stayOnDevice(device: WebDevice, steps: number) {
  const runtime = await webRuntime({ device, threads: 1, wasmPaths });
  const { add, input, mul } = graph;
  const [w, target] = [input("w", [5]), input("target", [5])];
  const next = add(w, mul(add(target, mul(w, -1)), 0.5));
  const executable = await runtime.compile(lower({ "w.next": next, twice: mul(w, 2) }));
  const tensor = (...numbers: number[]): TensorValue => ({
    dtype: "float32",
    shape: [numbers.length],
    data: Float32Array.from(numbers),
  });
  const goal = await runtime.upload(tensor(1, 2, 3, 4, 5));
  let [here, there] = [
    await runtime.upload(tensor(0, 0, 0, 0, 16)),
    await runtime.upload(tensor(0, 0, 0, 0, 0)),
  ];
  const told: number[][] = [];
  for (let step = 0; step < steps; step++) {
    const results = await executable.run({ w: here, target: goal }, { "w.next": there });
    told.push(Object.values(results).flatMap(({ data }) => [...(data as Float32Array)]));
    [here, there] = [there, here];
  }
  const w5 = [...((await runtime.download(here)).data as Float32Array)];
  const isInView = runtime.view(here) !== undefined;
  const other = await (await webRuntime({ device, threads: 1, wasmPaths })).upload(tensor(0, 0, 0, 0, 0));
  const lines: string[] = [];
  const note = ({ code, message }: Error & { code: string }) => lines.push(`${code}: ${message}`);
  await executable.run({ w: other, target: goal }).catch(note);
  there.dispose();
  await executable.run({ w: here, target: goal }, { "w.next": there }).catch(note);
  await runtime
    .upload({ dtype: "int64", shape: [1], data: BigInt64Array.of(1n) })
    .then((value) => value.dispose(), note);
  const { held } = runtime;
  for (const value of [here, goal]) value.dispose();
  await executable.dispose();
  return { w: w5, told, isInView, lines, held: [held, runtime.held] };
}

interface Mistake {
  readonly file?: { readonly name: string; readonly text: string };
  readonly train?: Partial<Job<"train">>;
}

export const calls = { runAll, runText, openText, stopAfter, failure, stayOnDevice };
export type Calls = typeof calls;
Object.assign(globalThis, calls);
