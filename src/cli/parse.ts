/** Readers of option values; what they refuse, commander tells together with the option's name. */
import { InvalidArgumentError } from "commander";
import { isDecimal } from "../data/tables/cells.ts";

/** "64" → 64 */
export function wholeNumber(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be a whole number.");
}

/** "1e-3" → 0.001 */
export function decimal(text: string): number {
  const value = isDecimal(text) ? Number(text) : Number.NaN;
  if (Number.isFinite(value)) return value;
  throw new InvalidArgumentError("It must be a number.");
}

/** "a,b" → ["a", "b"], '"load, 1 min",b' → ["load, 1 min", "b"]; given again, the option adds to the list. */
export const list = (text: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  ...itemsOf(text).filter((item) => item !== ""),
];

/** What stands between commas; in quotes where it holds one. */
function itemsOf(text: string): string[] {
  const items: string[] = [];
  for (let at = 0; at <= text.length; at += 1) {
    const end = text[at] === '"' ? endOfQuoted(text, at) : endOfItem(text, at);
    const item = text.slice(at, end);
    items.push(text[at] === '"' ? item.slice(1, -1).replaceAll('""', '"') : item);
    at = end;
  }
  return items;
}

function endOfItem(text: string, from: number): number {
  const comma = text.indexOf(",", from);
  return comma < 0 ? text.length : comma;
}

/** Where an item in quotes ends; quotes within it are doubled. */
function endOfQuoted(text: string, from: number): number {
  let end = text.indexOf('"', from + 1);
  while (end >= 0 && text[end + 1] === '"') end = text.indexOf('"', end + 2);
  if (end >= 0 && (end + 1 === text.length || text[end + 1] === ",")) return end + 1;
  throw new InvalidArgumentError("A name that begins with a quote must end with one, before a comma.");
}

/** "0.7,0.15,0.15" → [0.7, 0.15, 0.15] */
export const decimals = (text: string): readonly number[] => text.split(",").map(decimal);

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
