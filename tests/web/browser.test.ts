import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import type { MemorySequence } from "../../src/data/source.ts";
import { textDataset } from "../../src/data/text/text-dataset.ts";
import { sequencesIn } from "../../src/data/whole-sequences.ts";
import { sampleSequences } from "../../src/inference/sample.ts";
import { sampleTexts } from "../../src/inference/sample-text.ts";
import { scoreRows, scoreSequences } from "../../src/inference/score.ts";
import { modelFamilies } from "../../src/models/families.ts";
import { newFieldsConfig, openRun } from "../../src/run/run.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { trainingOptions } from "../../src/train/options.ts";
import { Trainer } from "../../src/train/trainer.ts";
import { datasetFromText } from "../../src/web/text.ts";
import { trainRun } from "../../src/workbench/train.ts";
import { scratchFolder } from "../run/scratch.ts";
import { haveBrowser, launch, testInBrowser, testOnSimulatedGpu } from "./browser.ts";
import type { Calls } from "./page.ts";
import { openSite, type Site } from "./site.ts";
import { choice, drawing, type Recording, recordings, schema, texts, training } from "./steps.ts";
import { traceProcessorTime } from "./trace.ts";

type InBrowser = Awaited<ReturnType<Calls["runAll"]>>;
type InNode = Awaited<ReturnType<typeof inNode>>;

let site: Site;
let browser: Browser;
let node: Record<Recording, InNode>;

beforeAll(async () => {
  if (!haveBrowser) return;
  node = { long: await inNode("long"), short: await inNode("short") };
  [site, browser] = await Promise.all([openSite(), launch()]);
});

afterAll(async () => {
  await browser?.close();
  site?.close();
});

async function open(url: string, from = browser): Promise<Page> {
  const page = await from.newPage();
  page.setDefaultTimeout(100_000);
  await page.goto(url, { waitUntil: "load" });
  return page;
}

/** Calls one of the functions of page.ts, which may come after the page's event `load`. */
function call<Name extends keyof Calls>(page: Page, name: Name, ...given: Parameters<Calls[Name]>) {
  type Page = Record<string, (...given: unknown[]) => unknown>;
  const run = ([name, given]: [string, unknown[]]) => (globalThis as unknown as Page)[name]!(...given);
  const called = page
    .waitForFunction((name) => name in globalThis, name)
    .then(() => page.evaluate(run, [name, given] as [string, unknown[]]));
  return called as ReturnType<Calls[Name]>;
}

/** What Node makes of the same text, options and seed. */
async function inNode(recording: Recording) {
  const data = datasetFromText(recordings[recording], "waves.csv", schema);
  const { columns, splits } = data;
  const model = modelFamilies[choice.family].build(data, choice.model);
  const runtime = nodeRuntime();
  const trainer = await Trainer.create({ model, data, options: trainingOptions.parse(training), runtime });
  const losses: number[] = [];
  for await (const event of trainer.fit()) if (event.type === "step") losses.push(event.natsPerStep);
  const weights = trainer.bestWeights;
  const test = await trainer.evaluate(splits.test);
  await trainer.dispose();
  const scores = await scoreSequences({ runtime, model, columns, weights, sequences: splits.test, seed: 1 });
  const samples = await sampleSequences({ runtime, model, ...drawing(columns, weights) });
  return {
    columns,
    losses,
    test: test.natsPerStep,
    totals: scores.map(({ total }) => [...total]),
    samples: samples.map(({ values }) => [...values]),
  };
}

const largestDifference = (a: readonly number[], b: readonly number[]): number =>
  Math.max(...a.map((value, i) => Math.abs(value - (b[i] as number))));

describe("the same code in a browser", () => {
  testInBrowser("trains 20 steps in a worker to the losses of Node, and the page never freezes", async () => {
    const page = await open(`${site.isolated}/page`);
    const { result, time } = await traceProcessorTime(browser, page, () =>
      call(page, "runAll", { threads: 2 }),
    );
    expect(result.runtime).toEqual({ name: "wasm", threads: 2, notes: [] });
    expect(node.long.columns.map(({ kind }) => kind)).toEqual(["real", "binary", "categorical"]);
    expectTheSame(result, node.long);
    const [longest, workers] = [time.longestOfPage.toFixed(1), time.workers.toFixed(0)];
    console.log(`longest task of the page: ${longest} ms, of ${workers} ms of work`);
    // The page does nothing of the work: a share of it holds on slow machines and fast ones alike.
    expect(time.longestOfPage).toBeLessThan(0.05 * time.workers);
  });

  testInBrowser(
    "without isolation it says in a line why one thread is used; when stopped, nothing is lost",
    async () => {
      const page = await open(`${site.plain}/page`);
      const options = { threads: 2, device: "webgpu" } as const;
      const { runtime, losses, ...stopped } = await call(page, "stopAfter", 3, "long", options);
      expect(runtime).toEqual({ name: "wasm", threads: 1, notes: [noWebGpu, noThreads] });
      expect(losses.length).toBeLessThan(20);
      expect(largestDifference(losses, node.long.losses)).toBeLessThan(1e-4);
      expect(stopped).toEqual({ last: "interrupted", handedOver: true, finite: true });
    },
  );

  testOnSimulatedGpu(
    "on WebGPU, with a simulated graphics card, the losses are those of Node too",
    async () => {
      const simulated = await launch("--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader");
      try {
        const page = await open(`${site.isolated}/page`, simulated);
        const { runtime, losses } = await call(page, "stopAfter", 2, "short", { device: "auto", threads: 1 });
        expect(losses.length).toBeGreaterThan(1);
        expect(runtime).toEqual({ name: "webgpu", threads: 1, notes: [] });
        expect(largestDifference(losses, node.short.losses)).toBeLessThan(1e-4);
      } finally {
        await simulated.close();
      }
    },
  );
});

/** What halving the way from [0, 0, 0, 0, 16] to [1, 2, 3, 4, 5] gives; all of it is exact in float32. */
const halved = (steps: number): number[] =>
  [1, 2, 3, 4, 5].map((goal, i) => goal + ([0, 0, 0, 0, 16][i]! - goal) / 2 ** steps);

const strange = (place: string) =>
  `runtime/foreign: the input w, float32[5], is held by another runtime (${place}) than this one (${place}) (download it there and upload it here)`;
const gone =
  "runtime/disposed: the output w.next, float32[5], was disposed of (dispose of a value after its last use, or upload it again)";

describe("values stay where they are computed", () => {
  const told = [0, 1, 2, 3].map((step) => halved(step).map((each) => 2 * each));

  testInBrowser("on WebAssembly, which is the host's memory", async () => {
    const page = await open(`${site.plain}/page`);
    const result = await call(page, "stayOnDevice", "wasm", 4);
    const lines = [strange("wasm"), gone];
    expect(result).toEqual({ w: halved(4), told, isInView: true, lines, held: [2, 0] });
  });

  testOnSimulatedGpu("on WebGPU, in buffers of the (simulated) card", async () => {
    const simulated = await launch("--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader");
    try {
      const page = await open(`${site.isolated}/page`, simulated);
      const result = await call(page, "stayOnDevice", "webgpu", 4);
      const unfit = "runtime/upload: int64[1] cannot stay on WebGPU, only float32 (feed it from the host)";
      const lines = [strange("webgpu"), gone, unfit];
      expect(result).toEqual({ w: halved(4), told, isInView: false, lines, held: [2, 0] });
    } finally {
      await simulated.close();
    }
  });
});

describe("text in a browser", () => {
  const scratch = scratchFolder();

  /** What Node makes of the same text, options and seed; the run is kept in a folder. */
  async function textInNode() {
    const data = textDataset(texts.letters(1500), "letters.txt", texts.tokens);
    const runtime = nodeRuntime();
    const config = await newFieldsConfig({
      ...texts.choice,
      model: modelFamilies.vrnn.options.parse(texts.choice.model),
      training: trainingOptions.parse(texts.training),
      path: "letters.txt",
      data,
      schema: {},
    });
    const path = join(scratch, "letters");
    const losses: number[] = [];
    let test: number | undefined;
    for await (const event of trainRun({ path, config, data, runtime, start: "new" })) {
      if (event.type === "step") losses.push(event.natsPerStep);
      if (event.type === "result") test = event.bounds.test?.natsPerStep;
    }
    const { model, weights } = openRun(path);
    const { fields, splits } = data;
    const settings = { runtime, model, weights };
    const scored = async (sequences: MemorySequence[]) =>
      (await scoreRows({ ...settings, fields, sequences, seed: 1 })).flatMap(({ total }) => [...total]);
    const { vocabulary } = fields.x;
    const other = textDataset(texts.letters(300), "other.txt", {
      ...texts.tokens,
      vocabulary,
      split: [0, 0, 1],
    });
    return {
      path,
      losses,
      test: test as number,
      totals: await scored(await sequencesIn(splits.test)),
      written: (await sampleTexts({ ...settings, vocabulary, ...texts.writing })).map(({ text }) => text),
      others: await scored(await sequencesIn(other.splits.test)),
    };
  }

  testInBrowser("it is learnt, scored and written by the worker as in Node", async () => {
    const inNode = await textInNode();
    const page = await open(`${site.isolated}/page`);
    const text = await call(page, "runText", { threads: 1 });
    expect(text.losses).toHaveLength(inNode.losses.length);
    expect(largestDifference(text.losses, inNode.losses)).toBeLessThan(1e-4);
    expect(Math.abs((text.test as number) - inNode.test)).toBeLessThan(1e-4);
    expect(text.totals.flat()).toHaveLength(225);
    expect(largestDifference(text.totals.flat(), inNode.totals)).toBeLessThan(1e-3);
    const [first, empty, second] = text.lines;
    expect([first, empty, second]).toEqual([inNode.written[0], "", inNode.written[1]]);
    expect(first).toMatch(/^abcd[a-f]{30}$/);

    const file = (name: string) => readFileSync(join(inNode.path, name));
    const config = file("config.json").toString();
    const totals = await call(page, "openText", {}, config, [...file("weights.safetensors")]);
    expect(totals).toHaveLength(300);
    expect(largestDifference(totals, inNode.others)).toBeLessThan(1e-3);
    const damaged = [...file("weights.safetensors")];
    damaged[damaged.length - 1]! ^= 1;
    await expect(call(page, "openText", {}, config, damaged)).rejects.toThrow(/does not fit its checksum/);
  });
});

const noWebGpu = "WebAssembly is used, as this browser offers no WebGPU adapter";
const noThreads =
  "one thread is used, as WebAssembly threads need a cross-origin isolated page (serve it with the headers " +
  "Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp)";

function expectTheSame(web: InBrowser, node: InNode): void {
  expect(web.losses).toHaveLength(20);
  expect(web.types.filter((type) => type === "epoch")).toHaveLength(5);
  expect(web.types.at(-1)).toBe("end");
  const difference = largestDifference(web.losses, node.losses);
  console.log(`largest difference of 20 losses from Node's: ${difference.toExponential(1)} nats per step`);
  expect(difference).toBeLessThan(1e-4);
  expect(Math.abs((web.test as number) - node.test)).toBeLessThan(1e-4);
  expect(largestDifference(web.totals.flat(), node.totals.flat())).toBeLessThan(1e-3);
  // Rounding may put a value into the next cell of its grid, which is 0.01 wide.
  expect(largestDifference(web.samples.flat(), node.samples.flat())).toBeLessThan(0.011);
}

describe("what goes wrong is one line", () => {
  testInBrowser("bad data, bad options, missing files", async () => {
    const page = await open(`${site.isolated}/page`);
    const lines = await Promise.all([
      call(page, "failure", {}, { file: { name: "a.csv", text: "a,b\n1,2\n3\n" } }),
      call(page, "failure", {}, { train: { training: { epochs: 0 } } }),
      call(page, "failure", {}, { train: { model: { hiden: 3 } } }),
      call(page, "failure", { workerUrl: "/nowhere.js" }, {}),
      call(page, "failure", { wasmPaths: `${site.isolated}/nowhere/` }, {}),
    ]);
    expect(lines).toEqual([
      'data/ragged-row: a.csv:3, column "b": the row has 1 field, the header 2 (add the missing field; it may be empty)',
      "options/invalid: training.epochs: it must be at least 1, and 0 was given",
      'options/invalid: model: there is no "hiden"',
      expect.stringMatching(/^web\/worker: the worker's script could not be loaded \(bundle .*\)$/),
      expect.stringMatching(/^runtime\/load: .*\(serve the files of onnxruntime-web\/dist .*\)$/),
    ]);
  });

  testInBrowser("a browser without WebAssembly", async () => {
    const bare = await launch("--js-flags=--jitless");
    try {
      const line = await call(await open(`${site.plain}/page`, bare), "failure", {}, {});
      expect(line).toBe(
        "runtime/unsupported: this browser has no WebAssembly (use a current one, or allow WebAssembly in its settings)",
      );
    } finally {
      await bare.close();
    }
  });
});

testInBrowser("examples/browser trains, draws its curve and samples", async () => {
  const page = await open(site.plain);
  await page.fill("#epochs", "2");
  await page.click("#train");
  await page.waitForSelector("#samples polyline");
  expect(await page.textContent("#status")).toMatch(/^trained: -?\d+\.\d{3} nats per step on test data$/);
  expect(await page.textContent("#notes")).toBe(`${noWebGpu}; ${noThreads}`);
  const points = await page.getAttribute("#curve polyline", "points");
  expect(points?.split(" ")).toHaveLength(8);
  expect(await page.locator("#samples polyline").count()).toBe(3);
});

testInBrowser(
  "examples/browser/complete learns a text and proposes how it goes on, as one types",
  async () => {
    const page = await open(`${site.plain}/complete`);
    const text = "the quick brown fox jumps over the lazy dog and runs. ".repeat(160);
    await page.setInputFiles("#text", { name: "fox.txt", mimeType: "text/plain", buffer: Buffer.from(text) });
    await page.waitForSelector("#written:enabled", { timeout: 120_000 });
    expect(await page.textContent("#status")).toBe("Write.");
    await page.fill("#written", "the quick bro");
    await page.waitForFunction(() => document.getElementById("completion")!.textContent !== "");
    const proposed = await page.textContent("#completion");
    expect(proposed).toMatch(/^wn fox/);
    await page.press("#written", "Tab");
    expect(await page.inputValue("#written")).toBe(`the quick bro${proposed}`);
  },
);
