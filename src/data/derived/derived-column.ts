import type { ConditionColumn } from "../dataset.ts";
import type { Derivation } from "./derivation.ts";

/** A covariate that is made, and not read. */
export type DerivedColumn = ConditionColumn & { readonly derived: Derivation };

export const isDerived = (column: ConditionColumn): column is DerivedColumn => column.derived !== undefined;

/** Those that files have to tell. */
export const readConditions = (conditions: readonly ConditionColumn[] = []): readonly ConditionColumn[] =>
  conditions.filter((column) => !isDerived(column));
