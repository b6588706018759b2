import { afterEach, expect, test, vi } from "vitest";
import { withStalls } from "../../src/cli/stalls.ts";

afterEach(() => {
  vi.useRealTimers();
});

const STALL = "nothing came in for 5 s: still waiting";

test("a stream that stalls is told of once each time, and nothing of it is lost", async () => {
  vi.useFakeTimers();
  const after = (seconds: number) => new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
  async function* stream() {
    yield 1;
    await after(4);
    yield 2;
    await after(30);
    yield 3;
    await after(6);
  }
  const told: (number | string)[] = [];
  const reading = (async () => {
    for await (const piece of withStalls(stream())) told.push(piece);
  })();
  await vi.advanceTimersByTimeAsync(60_000);
  await reading;
  expect(told).toEqual([1, 2, STALL, 3, STALL]);
});
