import { expect, test } from "vitest";
import { SerialQueue } from "../../src/runtime/serial-queue.ts";

const later = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

test("pieces of work do not overlap, whatever becomes of them, and what is held is given back last and once", async () => {
  const turns = new SerialQueue();
  const told: string[] = [];
  const piece = (name: string, milliseconds: number) => async () => {
    told.push(`${name} begins`);
    await later(milliseconds);
    told.push(`${name} ends`);
    if (name === "b") throw new Error("b failed");
    return name;
  };
  const taken = [turns.take(piece("a", 20)), turns.take(piece("b", 1))];
  const closed = [
    turns.close(piece("close", 5) as () => Promise<never>),
    turns.close(() => Promise.reject()),
  ];
  const late = turns.take(piece("late", 0));
  const ends = await Promise.allSettled([...taken, ...closed, late]);
  expect(ends.map(({ status }) => status)).toEqual([
    "fulfilled",
    "rejected",
    "fulfilled",
    "fulfilled",
    "rejected",
  ]);
  await expect(late).rejects.toMatchObject({ code: "runtime/disposed" });
  expect(told).toEqual(["a begins", "a ends", "b begins", "b ends", "close begins", "close ends"]);
});
