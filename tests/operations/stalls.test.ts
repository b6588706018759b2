import { afterEach, expect, test, vi } from "vitest";
import { withStalls } from "../../src/operations/stalls.ts";

afterEach(() => {
  vi.useRealTimers();
});

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
  const told: (number | undefined)[] = [];
  const reading = (async () => {
    for await (const piece of withStalls(stream())) told.push(piece);
  })();
  await vi.advanceTimersByTimeAsync(60_000);
  await reading;
  expect(told).toEqual([1, 2, undefined, 3, undefined]);
});
