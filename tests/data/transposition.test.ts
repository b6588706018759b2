import { expect, test } from "vitest";
import type { Fields } from "../../src/data/fields.ts";
import { transposition } from "../../src/data/music/transposition.ts";
import type { Part } from "../../src/data/source.ts";
import { Random } from "../../src/random/generator.ts";
import { plainColumn } from "./temporary.ts";

const keys = (from: number, to: number): Fields => ({
  x: {
    kind: "columns",
    role: "target",
    axis: "T",
    columns: Array.from({ length: to - from + 1 }, (_, d) =>
      plainColumn(String(from + d), { kind: "binary" }),
    ),
  },
});

/** Pitches that sound, step by step. */
const soundingIn = ({ values }: Part, from: number, width: number) => {
  const x = values["x"] as Float64Array;
  return Array.from({ length: x.length / width }, (_, t) =>
    Array.from({ length: width }, (_, d) => from + d).filter((_, d) => x[t * width + d] === 1),
  );
};

const partOf = (steps: readonly (readonly number[])[], from: number, width: number): Part => {
  const x = new Float64Array(steps.length * width);
  for (const [t, pitches] of steps.entries()) for (const pitch of pitches) x[t * width + pitch - from] = 1;
  return { length: steps.length, values: { x } };
};

const chords = [[60, 64, 67], [], [59, 62]];

test("a piece comes in every key up to so many semitones off, all of it in one", () => {
  const reread = transposition(keys(21, 108), 3);
  const seen = new Set<number>();
  for (let row = 0; row < 100; row++) {
    const moved = soundingIn(reread(partOf(chords, 21, 88), Random.stream(1, "row", row)), 21, 88);
    const shift = moved[0]![0]! - 60;
    expect(moved).toEqual(chords.map((pitches) => pitches.map((pitch) => pitch + shift)));
    seen.add(shift);
  }
  expect([...seen].sort((a, b) => a - b)).toEqual([-3, -2, -1, 0, 1, 2, 3]);
  const once = (row: number) => reread(partOf(chords, 21, 88), Random.stream(1, "row", row)).values["x"];
  expect(once(4)).toEqual(once(4));
});

test("what would sound beyond the keys that there are sounds an octave nearer, or not at all", () => {
  const reread = transposition(keys(21, 108), 3);
  for (let row = 0; row < 50; row++) {
    const [[low, high]] = soundingIn(
      reread(partOf([[21, 108]], 21, 88), Random.stream(1, "row", row)),
      21,
      88,
    ) as [number[]];
    expect([low, high].every((pitch) => pitch! >= 21 && pitch! <= 108)).toBe(true);
    expect([9, 10, 11, 0, 1, 2, 3]).toContain(low! - 21);
  }
  const narrow = transposition(keys(60, 62), 1);
  const counts = Array.from(
    { length: 30 },
    (_, row) =>
      soundingIn(narrow(partOf([[60, 61, 62]], 60, 3), Random.stream(1, "row", row)), 60, 3)[0]!.length,
  );
  expect(new Set(counts)).toEqual(new Set([2, 3]));
});

test("other data than the keys of a piano are refused", () => {
  const table: Fields = { x: { kind: "columns", role: "target", axis: "T", columns: [plainColumn("load")] } };
  expect(() => transposition(table, 5)).toThrow(/only the keys of a piano.*music/);
});
