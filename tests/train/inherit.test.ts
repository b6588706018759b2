import { expect, test } from "vitest";
import { type Parameter, uniformOver } from "../../src/nn/parameters.ts";
import { inheritanceNote, inheritWeights } from "../../src/train/inherit.ts";
import { splitWeights } from "../../src/train/named-weights.ts";
import { initialWeights } from "../../src/train/weights.ts";

const parameter = (name: string, ...shape: readonly number[]): Parameter => ({
  name,
  shape,
  initialise: uniformOver(4),
});

const other = [parameter("cell.weight", 3, 4), parameter("out.weight", 4, 2), parameter("old", 2)];
const own = [parameter("cell.weight", 3, 4), parameter("out.weight", 4, 5), parameter("fresh", 3)];
const stored = splitWeights(other, initialWeights(other, 7));

test("what has the same name and shape is taken over; the rest is drawn from the seed as ever", () => {
  const { weights, taken, left } = inheritWeights(own, stored, 1, "runs/a");
  const [begun, drawn] = [splitWeights(own, weights), splitWeights(own, initialWeights(own, 1))];
  expect(begun["cell.weight"]!.data).toEqual(stored["cell.weight"]!.data);
  expect(begun["cell.weight"]!.data).not.toEqual(drawn["cell.weight"]!.data);
  expect(begun["out.weight"]!.data).toEqual(drawn["out.weight"]!.data);
  expect(begun["fresh"]!.data).toEqual(drawn["fresh"]!.data);
  expect(taken).toEqual(["cell.weight"]);
  expect(left).toEqual(["out.weight is [4, 2] there, [4, 5] here", "fresh is not there"]);
});

test("a line says how much was taken and names what was not, the first ones of many", () => {
  const { left, ...rest } = inheritWeights(own, stored, 1, "runs/a");
  expect(inheritanceNote({ left, ...rest }, "runs/a")).toBe(
    "begun with 1 of 3 parameters of runs/a; new are: out.weight is [4, 2] there, [4, 5] here; fresh is not there",
  );
  expect(inheritanceNote({ left: [], ...rest }, "runs/a")).toBe("begun with 1 of 1 parameters of runs/a");
  const many = Array.from({ length: 20 }, (_, i) => `p${i} is not there`);
  expect(inheritanceNote({ left: many, ...rest }, "runs/a")).toMatch(/p7 is not there; \.\.\.$/);
});

test("a run of which nothing fits is refused, and so is one that holds what is no number", () => {
  expect(() => inheritWeights([parameter("fresh", 3)], stored, 1, "runs/a")).toThrow(
    "runs/a: no parameter of this run fits the model (give a run of the same family and sizes, or leave --from out)",
  );
  const broken = structuredClone(stored);
  (broken["cell.weight"]!.data as Float32Array)[1] = Number.NaN;
  expect(() => inheritWeights(own, broken, 1, "runs/a")).toThrow(
    /cell\.weight holds a value that is not finite/,
  );
});
