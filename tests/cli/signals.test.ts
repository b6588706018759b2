import { afterEach, expect, test, vi } from "vitest";
import { stopOnSignals } from "../../src/cli/signals.ts";

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test("the first request aborts, its echo is ignored, one that insists ends the process", () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  const kill = vi.spyOn(process, "kill").mockReturnValue(true);
  const stop = stopOnSignals();
  expect([stop.signal.aborted, stop.status()]).toEqual([false, undefined]);
  process.emit("SIGINT", "SIGINT");
  vi.advanceTimersByTime(20);
  process.emit("SIGINT", "SIGINT");
  expect([stop.signal.aborted, stop.status(), kill.mock.calls.length]).toEqual([true, 130, 0]);
  vi.advanceTimersByTime(2_000);
  process.emit("SIGTERM", "SIGTERM");
  expect(kill).toHaveBeenCalledExactlyOnceWith(process.pid, "SIGTERM");
  expect(stop.status()).toBe(130);
});

test("once released, requests are the system's again", () => {
  const before = process.listenerCount("SIGINT");
  const stop = stopOnSignals();
  expect(process.listenerCount("SIGINT")).toBe(before + 1);
  stop.release();
  expect(process.listenerCount("SIGINT")).toBe(before);
});
