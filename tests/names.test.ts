import { expect, test } from "vitest";
import { maskNames, Naming, nextNames, shardNames, stateNames } from "../src/names.ts";

test("names are made of others and taken apart again", () => {
  expect(stateNames.of("h")).toBe("state.h");
  expect(nextNames.of(stateNames.of("h"))).toBe("state.h.next");
  expect(maskNames.of("condition")).toBe("condition.mask");
  expect(stateNames.within("state.z.u")).toBe("z.u");
  expect(stateNames.within("states.h")).toBeUndefined();
  expect(nextNames.within("parameters")).toBeUndefined();
});

test("records keep their values and their order under other names", () => {
  const state = { h: 1, "z.u": 2 };
  const after = nextNames.give(stateNames.give(state));
  expect(Object.entries(after)).toEqual([
    ["state.h.next", 1],
    ["state.z.u.next", 2],
  ]);
  expect(stateNames.take(nextNames.take({ loss: 3, ...after, "optimiser.mean.next": 4 }))).toEqual(state);
  expect(shardNames(1).take({ "h.0": 1, "h.1": 2, "h.11": 3 })).toEqual({ h: 2 });
});

test("a beginning and an end that overlap are not a name", () => {
  expect(new Naming("a.b", "b.c").within("a.b.c")).toBeUndefined();
});
