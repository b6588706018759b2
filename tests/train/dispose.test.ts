import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import "../built.ts";
import { datasetFromArrays } from "../../src/data/tables/arrays.ts";
import { Vrnn } from "../../src/models/vrnn/vrnn.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import type { TrainingEvent } from "../../src/train/events.ts";
import { trainingOptions } from "../../src/train/options.ts";
import { Trainer } from "../../src/train/trainer.ts";

const script = fileURLToPath(new URL("fixtures/dispose.mjs", import.meta.url));
const REPEATS = 20;

// The compiled code in dist/ in a process of its own: what these guard against ends a process with SIGABRT.
test.each(["fit", "evaluate"])(`dispose waits for the work under way: %s, ${REPEATS} times`, async (work) => {
  const child = spawn(process.execPath, [script, work, `${REPEATS}`]);
  const [out, complaint, [status, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close"),
  ]);
  expect([complaint, status, signal]).toEqual(["", 0, null]);
  expect(out).toBe("true runtime/disposed runtime/disposed\n".repeat(REPEATS));
});

const wave = (phase: number) => Array.from({ length: 40 }, (_, t) => Math.sin(t / 3 + phase));
const data = datasetFromArrays(Array.from({ length: 8 }, (_, i) => ({ x: wave(i), y: wave(i + 2) })));
const options = trainingOptions.parse({ epochs: 3, batchSize: 2, shards: 2 });

async function newTrainer(): Promise<Trainer> {
  const { columns } = data;
  const model = new Vrnn({ columns, hidden: 6, latent: 2, cell: "gru", layers: 1, residual: true });
  return Trainer.create({ model, data, options, runtime: nodeRuntime() });
}

let trainer: Trainer;
beforeEach(async () => {
  trainer = await newTrainer();
});
afterEach(() => trainer.dispose());

async function fitted(
  each: (event: TrainingEvent, step: number) => unknown = () => {},
): Promise<Float32Array> {
  let step = 0;
  for await (const event of trainer.fit()) await each(event, step++);
  return trainer.weights.slice();
}

describe("one fit at a time", () => {
  test("a second is refused while the first has not ended, and changes nothing", async () => {
    const alone = await fitted();
    await trainer.dispose();
    trainer = await newTrainer();
    const disturbed = await fitted(async () => {
      await expect(trainer.fit().next()).rejects.toMatchObject({ code: "train/busy" });
    });
    expect(disturbed).toEqual(alone);
  });

  test("two that are begun at once: one is refused", async () => {
    const ends = await Promise.allSettled([trainer.fit().next(), trainer.fit().next()]);
    expect(ends).toMatchObject([
      { status: "fulfilled", value: { value: { type: "step" } } },
      { status: "rejected", reason: { code: "train/busy" } },
    ]);
  });

  test("a loop that was left, or that failed, makes room for the next", async () => {
    for await (const event of trainer.fit()) if (event.type === "step") break;
    const left = async () => {
      for await (const _ of trainer.fit()) throw new Error("enough");
    };
    await expect(left()).rejects.toThrow("enough");
    expect(trainer.state.cursor.step).toBe(2);
    expect((await trainer.fit().next()).value).toMatchObject({ type: "step", step: 3 });
  });
});

test("evaluations amid a fit take their turn: both come out as they do alone", async () => {
  const alone = await fitted();
  const { train } = data.splits;
  const bound = await trainer.evaluate(train);
  await trainer.dispose();
  trainer = await newTrainer();
  const first = await trainer.evaluate(train);
  const amid: Promise<unknown>[] = [];
  const busy = await fitted((_, step) => {
    // Neither is waited for: they meet the next step. Before the first epoch has ended, the best weights are the first.
    if (step === 0) amid.push(trainer.evaluate(train), trainer.evaluate(train));
  });
  expect(await Promise.all(amid)).toEqual([first, first]);
  expect(busy).toEqual(alone);
  expect(await trainer.evaluate(train)).toEqual(bound);
});

test("a thread that ends amid its work is an error, and no wait without end", async () => {
  const post = vi.spyOn(Worker.prototype, "postMessage").mockImplementation(function (this: Worker) {
    this.terminate();
  });
  const failed = {
    code: "runtime/thread",
    message: expect.stringMatching(/^a thread .+ has ended: exit status 1 \(/),
  };
  try {
    await expect(trainer.evaluate(data.splits.train)).rejects.toMatchObject(failed);
  } finally {
    post.mockRestore();
  }
  await expect(trainer.evaluate(data.splits.train)).rejects.toMatchObject(failed);
});

test("a fit that is disposed of between two steps goes no further", async () => {
  const events = trainer.fit();
  await events.next();
  await trainer.dispose();
  await expect(events.next()).rejects.toMatchObject({
    code: "runtime/disposed",
    message: "this was disposed of (make a new one)",
  });
});
