/** Readers of option values; what they refuse, commander tells together with the option's name. */
import { InvalidArgumentError } from "commander";
import { isDecimal } from "../data/tables/cells.ts";
import { parseRows } from "../data/tables/rows.ts";
import { VrnnError } from "../errors.ts";

/** "64" → 64 */
export function wholeNumber(text: string): number {
  if (/^[+-]?\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be a whole number of at most 15 digits.");
}

/** "1e-3" → 0.001 */
export function decimal(text: string): number {
  const value = isDecimal(text) ? Number(text) : Number.NaN;
  if (Number.isFinite(value)) return value;
  throw new InvalidArgumentError("It must be a number.");
}

/** "a,b" → ["a", "b"], '"a, b",c' → ["a, b", "c"]; given again, the option adds to the list. */
export const list = (text: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  ...(text.includes('"') ? quotedParts(text) : text.split(",")).filter((part) => part !== ""),
];

function quotedParts(text: string): readonly string[] {
  try {
    return parseRows(text, "the option", ",").flatMap(({ fields }) => fields);
  } catch (cause) {
    throw new InvalidArgumentError(cause instanceof VrnnError ? `Its quotes: ${cause.what}.` : String(cause));
  }
}

/** "0.7,0.15,0.15" → [0.7, 0.15, 0.15] */
export function decimals(text: string): readonly number[] {
  const parts = text.split(",");
  if (parts.every(isDecimal)) return parts.map(Number);
  throw new InvalidArgumentError("It must be numbers, set off by commas.");
}

/** "load=real" → { load: "real" }; given again, the option adds to the record. */
export function pairs<Value>(read: (text: string) => Value) {
  return (text: string, before: Readonly<Record<string, Value>> = {}): Readonly<Record<string, Value>> => {
    const at = text.lastIndexOf("=");
    if (at < 1) throw new InvalidArgumentError("It must be of the form column=value.");
    const name = text.slice(0, at);
    // What checks the options (zod) leaves this one name out of every record.
    if (name === "__proto__")
      throw new InvalidArgumentError("No option can name a column __proto__: rename it.");
    return { ...before, [name]: read(text.slice(at + 1)) };
  };
}

/** One of some words. */
export function oneOf<Word extends string>(words: readonly Word[]) {
  return (text: string): Word => {
    const word = words.find((candidate) => candidate === text);
    if (word !== undefined) return word;
    throw new InvalidArgumentError(`Allowed choices are ${words.join(", ")}.`);
  };
}
