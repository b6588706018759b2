/** What the tests call on a page of a real browser. */
import { ComputeWorker, type ComputeWorkerOptions, datasetFromText, type TrainJob } from "vrnn/web";
import { choice, csv, drawing, schema, training } from "./steps.ts";

const wasmPaths = new URL("ort/", location.href).href;
const open = (options: ComputeWorkerOptions) => ComputeWorker.start({ wasmPaths, ...options });

/** Trains, scores and samples in a worker. */
async function runAll(options: ComputeWorkerOptions) {
  const worker = await open(options);
  const data = await worker.run("read", { file: new File([csv], "waves.csv"), options: schema });
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

/** Stops after so many steps. */
async function stopAfter(steps: number) {
  const worker = await open({});
  const data = await worker.run("read", { file: new File([csv], "waves.csv"), options: schema });
  const started = worker.train(
    { ...choice, data, training: { ...training, epochs: 100_000 } },
    { transfer: true },
  );
  const handedOver = data.splits.train.every(({ values }) => values.length === 0);
  let last = "";
  for await (const event of started) {
    if (event.type === "step" && event.step === steps) started.stop();
    last = event.type === "end" ? event.reason : event.type;
  }
  const { lastWeights } = await started.trained;
  worker.end();
  return { last, handedOver, weights: lastWeights.length, finite: lastWeights.every(Number.isFinite) };
}

/** The line that a mistake is answered with. */
async function failure(options: ComputeWorkerOptions, mistake: Mistake): Promise<string> {
  try {
    const worker = await open(options);
    if (mistake.file) await worker.run("read", { file: new File([mistake.file.text], mistake.file.name) });
    const data = datasetFromText(csv, "waves.csv", schema);
    await worker.train({ ...choice, data, ...mistake.train }).trained;
    return "nothing failed";
  } catch (error) {
    const { code, message } = error as Error & { code: string };
    return `${code}: ${message}`;
  }
}

interface Mistake {
  readonly file?: { readonly name: string; readonly text: string };
  readonly train?: Partial<TrainJob>;
}

export const calls = { runAll, stopAfter, failure };
export type Calls = typeof calls;
Object.assign(globalThis, calls);
