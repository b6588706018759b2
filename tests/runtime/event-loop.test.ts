import { afterEach, describe, expect, test, vi } from "vitest";
import { nextTurn } from "../../src/runtime/event-loop.ts";

afterEach(() => vi.unstubAllGlobals());

describe.each(["as in Node", "as in browsers"])("a turn of the event loop, %s", (place) => {
  test("comes after timers and messages that are due, and before later ones", async () => {
    if (place === "as in browsers") vi.stubGlobal("setImmediate", undefined);
    const seen: string[] = [];
    setTimeout(() => seen.push("due"));
    setTimeout(() => seen.push("late"), 60_000).unref();
    const ends = performance.now() + 20;
    while (performance.now() < ends); // the work that blocks the loop
    await nextTurn();
    await nextTurn();
    expect(seen).toEqual(["due"]);
  });
});
