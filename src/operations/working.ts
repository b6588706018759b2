import type { WorkProgress } from "./event.ts";

/** Work that says how far it is, as events. @param what is counted: `forecasts` */
export async function* working<Result>(
  work: AsyncGenerator<Pick<WorkProgress, "done" | "of">, Result>,
  what: string,
): AsyncGenerator<WorkProgress, Result> {
  let last = await work.next();
  for (; !last.done; last = await work.next()) yield { type: "work", ...last.value, what };
  return last.value;
}
