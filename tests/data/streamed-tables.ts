/** Tables that are read in parts, against the same read at once. */
import { expect } from "vitest";
import { type Column, type Dataset, SPLIT_NAMES } from "../../src/data/dataset.ts";
import type { FieldDataset } from "../../src/data/field-dataset.ts";
import type { ColumnsField } from "../../src/data/fields.ts";
import { wholeSpans } from "../../src/data/plan.ts";
import type { Part, SequenceSource, Span } from "../../src/data/source.ts";

/** The parts of a plan, all sequences unless told. */
export async function all(source: SequenceSource, plan?: readonly Span[]): Promise<Part[]> {
  const parts: Part[] = [];
  for await (const part of source.open(plan ?? wholeSpans(await source.index()))) parts.push(part);
  return parts;
}

/** The columns of a field. */
export const columnsOf = ({ fields }: FieldDataset, name: string): readonly Column[] =>
  (fields[name] as ColumnsField | undefined)?.columns ?? [];

/** Mean and deviation are summed in another order; all else is the same to the last digit. */
function expectColumns(found: readonly Column[], expected: readonly Column[]): void {
  expect(found.map(({ mean, standardDeviation: deviation, ...rest }) => rest)).toEqual(
    expected.map(({ mean, standardDeviation: deviation, ...rest }) => rest),
  );
  found.forEach(({ mean, standardDeviation: deviation }, d) => {
    const scale = Math.abs(expected[d]!.mean) + expected[d]!.standardDeviation;
    expect(Math.abs(mean - expected[d]!.mean)).toBeLessThan(1e-12 * scale);
    expect(Math.abs(deviation - expected[d]!.standardDeviation)).toBeLessThan(1e-10 * scale);
  });
}

/** What is streamed is what is read at once. */
export async function expectSame(data: FieldDataset, before: Dataset): Promise<void> {
  expectColumns(columnsOf(data, "x"), before.columns);
  expectColumns(columnsOf(data, "condition"), before.conditions ?? []);
  expect(data.notes).toEqual(before.notes);
  expect(data.time).toEqual(before.time);
  for (const split of SPLIT_NAMES) {
    const sequences = before.splits[split];
    expect(await data.splits[split].index()).toEqual(
      sequences.map(({ name, length, offset }) => ({ name, length, ...(offset && { offset }) })),
    );
    expect(await all(data.splits[split])).toEqual(
      sequences.map(({ length, values, conditions, times }) => ({
        length,
        values: { x: values, ...(conditions && { condition: conditions }) },
        ...(times && { times }),
      })),
    );
  }
}
