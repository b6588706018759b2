import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { modelFamilies } from "../../src/models/families.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { sampleSequences } from "../../src/tasks/sample.ts";
import { scoreSequences } from "../../src/tasks/score.ts";
import { trainingOptions } from "../../src/train/options.ts";
import { Trainer } from "../../src/train/trainer.ts";
import { datasetFromText } from "../../src/web/text.ts";
import { haveBrowser, launch, testInBrowser } from "./browser.ts";
import type { Calls } from "./page.ts";
import { openSite, type Site } from "./site.ts";
import { choice, csv, drawing, schema, training } from "./steps.ts";
import { longestMainThreadTask } from "./trace.ts";

type All = Awaited<ReturnType<Calls["runAll"]>>;

let site: Site;
let browser: Browser;

beforeAll(async () => {
  if (!haveBrowser) return;
  [site, browser] = await Promise.all([openSite(), launch()]);
});

afterAll(async () => {
  await browser?.close();
  site?.close();
});

async function open(url: string, from = browser): Promise<Page> {
  const page = await from.newPage();
  await page.goto(url, { waitUntil: "load" });
  return page;
}

/** Calls one of the functions of page.ts. */
function call<Name extends keyof Calls>(page: Page, name: Name, ...given: Parameters<Calls[Name]>) {
  type Page = Record<string, (...given: unknown[]) => unknown>;
  const run = ([name, given]: [string, unknown[]]) => (globalThis as unknown as Page)[name]?.(...given);
  return page.evaluate(run, [name, given] as [string, unknown[]]) as ReturnType<Calls[Name]>;
}

/** What Node makes of the same text, options and seed. */
async function inNode() {
  const data = datasetFromText(csv, "waves.csv", schema);
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
    const { result, milliseconds } = await longestMainThreadTask(browser, page, () =>
      call(page, "runAll", { threads: 2 }),
    );
    const { columns, ...node } = await inNode();
    expect(columns.map(({ kind }) => kind)).toEqual(["real", "binary", "categorical"]);
    expect(result.runtime).toEqual({ name: "wasm", threads: 2, notes: [] });
    expectTheSame(result, node);
    console.log(`longest task of the page: ${milliseconds.toFixed(1)} ms`);
    expect(milliseconds).toBeLessThan(50);
  });

  testInBrowser("without isolation it says in a line why one thread is used, and goes on", async () => {
    const page = await open(`${site.plain}/page`);
    const result = await call(page, "runAll", { threads: 2, device: "webgpu" });
    expect(result.runtime).toEqual({
      name: "wasm",
      threads: 1,
      notes: [
        "WebAssembly is used, as this browser offers no WebGPU adapter",
        "one thread is used, as WebAssembly threads need a cross-origin isolated page (serve it with the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp)",
      ],
    });
    expectTheSame(result, await inNode());
  });

  testInBrowser(
    "training that is stopped keeps its weights, and arrays are handed over, not copied",
    async () => {
      const page = await open(`${site.isolated}/page`);
      const { last, handedOver, weights, finite } = await call(page, "stopAfter", 3);
      expect({ last, handedOver, finite }).toEqual({ last: "interrupted", handedOver: true, finite: true });
      expect(weights).toBeGreaterThan(1000);
    },
  );
});

function expectTheSame(web: All, node: Omit<Awaited<ReturnType<typeof inNode>>, "columns">): void {
  expect(web.losses).toHaveLength(20);
  expect(web.types.filter((type) => type === "epoch")).toHaveLength(5);
  expect(web.types.at(-1)).toBe("end");
  const difference = largestDifference(web.losses, node.losses);
  console.log(`largest difference of 20 losses from Node's: ${difference.toExponential(1)} nats per step`);
  expect(difference).toBeLessThan(1e-4);
  expect(Math.abs((web.test as number) - node.test)).toBeLessThan(1e-4);
  expect(largestDifference(web.totals.flat(), node.totals.flat())).toBeLessThan(1e-3);
  expect(web.samples).toEqual(node.samples);
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
      "options/invalid: training.epochs: Too small: expected number to be >=1",
      'options/invalid: model: Unrecognized key: "hiden"',
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
  const page = await open(site.isolated);
  await page.fill("#epochs", "3");
  await page.click("#train");
  await page.waitForSelector("#samples polyline");
  expect(await page.textContent("#status")).toMatch(/^trained: -?\d+\.\d{3} nats per step on test data$/);
  expect(await page.textContent("#notes")).toBe(
    "WebAssembly is used, as this browser offers no WebGPU adapter",
  );
  const points = await page.getAttribute("#curve polyline", "points");
  expect(points?.split(" ")).toHaveLength(12);
  expect(await page.locator("#samples polyline").count()).toBe(3);
  if (process.env.SCREENSHOT) await page.screenshot({ path: process.env.SCREENSHOT });
});
