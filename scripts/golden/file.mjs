/** Golden files: arrays of numbers by name, every bit kept, and how two sets of them differ. */
import { readFileSync, writeFileSync } from "node:fs";

const arrays = { float32: Float32Array, float64: Float64Array };
const bytesOf = ({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength);
const typeOf = (values) => (values instanceof Float32Array ? "float32" : "float64");

/** JSON, a line for each array, sorted by name: its type and its bytes in base64. */
export function writeValues(file, values) {
  const lines = Object.keys(values)
    .sort()
    .map(
      (name) =>
        `${JSON.stringify(name)}:["${typeOf(values[name])}","${bytesOf(values[name]).toString("base64")}"]`,
    );
  writeFileSync(file, `{\n${lines.join(",\n")}\n}\n`);
}

export function readValues(file) {
  const entries = Object.entries(JSON.parse(readFileSync(file, "utf8")));
  return Object.fromEntries(
    entries.map(([name, [type, text]]) => {
      const bytes = Uint8Array.from(Buffer.from(text, "base64")); // a buffer of its own, so that it lies aligned
      return [name, new arrays[type](bytes.buffer)];
    }),
  );
}

/**
 * How the numbers of two sets differ, a line each: `differences` are what a check fails on; `renamed` are arrays that
 * kept every bit under another name of the same case.
 */
export function compareValues(before, after) {
  const renamed = [];
  const differences = [];
  const unmatched = new Set(Object.keys(after).filter((name) => !(name in before)));
  for (const [name, values] of Object.entries(before)) {
    if (name in after) {
      if (!isSame(values, after[name])) differences.push(`${name}: ${difference(values, after[name])}`);
      continue;
    }
    const twin = [...unmatched].find(
      (other) => caseOf(other) === caseOf(name) && isSame(values, after[other]),
    );
    if (twin === undefined) differences.push(`${name}: is gone`);
    else renamed.push(`${name} is now ${twin}`);
    unmatched.delete(twin);
  }
  for (const name of unmatched) differences.push(`${name}: is new`);
  return { differences, renamed };
}

const caseOf = (name) => name.split(" | ", 1)[0];
const isSame = (a, b) => typeOf(a) === typeOf(b) && bytesOf(a).equals(bytesOf(b));

/** The largest absolute and relative difference between two arrays. */
function difference(a, b) {
  if (typeOf(a) !== typeOf(b)) return `${typeOf(a)} is now ${typeOf(b)}`;
  if (a.length !== b.length) return `${a.length} numbers are now ${b.length}`;
  let [absolute, relative, count, missing] = [0, 0, 0, 0];
  a.forEach((value, i) => {
    if (Object.is(value, b[i])) return;
    count += 1;
    const distance = Math.abs(value - b[i]);
    if (Number.isNaN(distance)) missing += 1;
    absolute = Math.max(absolute, distance || 0);
    relative = Math.max(relative, distance / Math.max(Math.abs(value), Math.abs(b[i])) || 0);
  });
  const gaps = missing > 0 ? `, ${missing} with NaN` : "";
  return `${count} of ${a.length} differ${gaps}, by ${absolute.toExponential(2)}, relative ${relative.toExponential(2)}`;
}
