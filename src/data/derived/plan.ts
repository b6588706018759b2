/** Which covariates are derived of data that are to be trained on. */
import { VrnnError } from "../../errors.ts";
import type { ReadContext, ReadWhole } from "../tables/build.ts";
import { phases } from "./derivation.ts";
import type { DerivedColumn } from "./derived-column.ts";
import type { CalendarName } from "./names.ts";

/** A derived covariate before its statistics. */
export type DraftColumn = Pick<DerivedColumn, "name" | "kind" | "levels" | "derived">;

/** What is to be derived, and what there is to say of that. */
interface DerivedPlan {
  readonly drafts: readonly DraftColumn[];
  readonly notes: readonly string[];
}

/** @throws VrnnError `data/no-times` for a calendar of data without dates */
export function planDerived(_read: ReadWhole, { options, time, source }: ReadContext): DerivedPlan {
  const names = options.calendar ?? [];
  if (names.length === 0) return { drafts: [], notes: [] };
  if (time?.kind !== "date")
    throw new VrnnError("data/no-times", "the data tell no dates, so there is no calendar", {
      at: source,
      remedy: "name a column of dates with the option time, or leave the option calendar out",
    });
  const drafts = (names as readonly CalendarName[]).flatMap(draftsOf);
  return {
    drafts,
    notes: [`calendar: ${names.join(", ")} beside the columns, from the dates of "${time.name}"`],
  };
}

const draftsOf = (name: CalendarName): DraftColumn[] =>
  phases.map((phase) => ({
    name: `calendar.${name}.${phase}`,
    kind: "real",
    levels: [],
    derived: { kind: "cycle", of: name, phase },
  }));
