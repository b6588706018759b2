/** Starts of expectation maximisation that are cut short. */
import { expect, test } from "vitest";
import type { Dataset, Sequence } from "../../src/data/dataset.ts";
import { Hmm } from "../../src/models/hmm/hmm.ts";
import { Random } from "../../src/random/generator.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { learners } from "../../src/train/learners.ts";
import { trainingOptions } from "../../src/train/options.ts";
import { plainColumn } from "../data/temporary.ts";

const columns = [plainColumn("a")];

function sequencesOf(count: number, seed: string): Sequence[] {
  const random = Random.stream(1, seed);
  return Array.from({ length: count }, (_, i) => ({
    name: `${seed}${i}`,
    length: 40,
    values: Float64Array.from({ length: 40 }, (_, t) => (t % 20 < 10 ? 1 : -1) + 0.3 * random.normal()),
  }));
}

const data: Dataset = {
  columns,
  splits: { train: sequencesOf(5, "train"), valid: sequencesOf(2, "valid"), test: [] },
  notes: [],
};

/** What an HMM's learner comes to when it is stopped at its first turn. */
async function stopped(reason: unknown) {
  const model = new Hmm({ columns, states: 2, restarts: 50 });
  const options = trainingOptions.parse({ learner: "em", epochs: 5, shards: 1 });
  const learner = await learners.em.create({ model, data, options, runtime: nodeRuntime() });
  const controller = new AbortController();
  setImmediate(() => controller.abort(reason));
  const events = [];
  for await (const event of learner.fit(controller.signal)) events.push(event);
  await learner.dispose();
  return { events, cursor: learner.state.cursor };
}

test("when the time is over, what starts have come to is learnt from", async () => {
  const { events } = await stopped(new DOMException("the time is over", "TimeoutError"));
  const [first, last] = [events[0]!, events.at(-1)!];
  expect(events).toHaveLength(2);
  expect(first).toMatchObject({ type: "epoch", epoch: 1 });
  expect("note" in first && first.note).toMatch(/^[1-9]\d? starts? came to/);
  expect("note" in first && first.note).not.toMatch(/^50 starts/);
  expect(last).toMatchObject({ type: "end", reason: "interrupted" });
});

test("when it is asked to stop, nothing has begun, so that whoever resumes comes to the same", async () => {
  const { events, cursor } = await stopped(undefined);
  expect(events).toEqual([expect.objectContaining({ type: "end", reason: "interrupted", epoch: 0 })]);
  expect(cursor.bestValid).toBeNull();
});
