import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { appendEvent, flushEvents, readEvents, truncateEvents } from "../../src/run/events.ts";
import { errorOf, scratchFolder } from "./scratch.ts";

const folder = scratchFolder();
let count = 0;
const newPath = () => join(folder, `${count++}.jsonl`);

test("events come back in their order, one a line", () => {
  const path = newPath();
  expect(readEvents(path)).toEqual([]);
  appendEvent(path, { step: 1, "train/elbo": -8.5 });
  appendEvent(path, { step: 2, "train/elbo": -8.25, note: "ä\nb" });
  flushEvents(path);
  expect(readEvents(path)).toEqual([
    { step: 1, "train/elbo": -8.5 },
    { step: 2, "train/elbo": -8.25, note: "ä\nb" },
  ]);
  expect(readFileSync(path, "utf8").split("\n").length).toBe(3);
});

test("truncation keeps the events up to the step, and drops what a kill left of a line", () => {
  const path = newPath();
  for (const step of [1, 2, 2, 3]) appendEvent(path, { step });
  appendFileSync(path, '{"step":3,"train/e');
  expect(readEvents(path).map(({ step }) => step)).toEqual([1, 2, 2, 3]);
  truncateEvents(path, 3);
  expect(readFileSync(path, "utf8")).toBe('{"step":1}\n{"step":2}\n{"step":2}\n{"step":3}\n');
  truncateEvents(path, 2);
  expect(readEvents(path).map(({ step }) => step)).toEqual([1, 2, 2]);
  truncateEvents(path, Number.NEGATIVE_INFINITY);
  expect(readFileSync(path, "utf8")).toBe("");
});

test.each(["{", "[]", "null", '{"epoch":1}', '{"step":"1"}', ""])(
  "the line %j is named as no event",
  (line) => {
    const path = newPath();
    writeFileSync(path, `{"step":1}\n${line}\n{"step":2}\n`);
    expect(errorOf(() => readEvents(path))).toMatchObject({ code: "run/event", at: `${path}:2` });
  },
);
