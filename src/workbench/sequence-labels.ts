/** Labels of sequences that stand in a file of their own. */
import { readText } from "../data/files-bytes.ts";
import { cellReader, isMissing } from "../data/tables/cells.ts";
import { parseCsv } from "../data/tables/csv.ts";
import { namesIn } from "../data/tables/table.ts";
import { VrnnError } from "../errors.ts";

/**
 * The label of each sequence by its name: a row for each, in the columns `sequence` and `label`, or in the first two where
 * none is called so.
 *
 * @throws VrnnError `data/...`; `data/label` for a table of one column, and a sequence that has two labels
 */
export function readSequenceLabels(path: string): ReadonlyMap<string, string> {
  const table = parseCsv(readText(path), path, path, cellReader());
  const columns = [...table.columns.keys()];
  const [first, second] = columns;
  const sequence = columns.find((name) => name === "sequence") ?? first;
  const label = columns.find((name) => name === "label") ?? second;
  if (sequence === undefined || label === undefined || sequence === label)
    throw new VrnnError("data/label", "a table of labels has two columns", {
      at: path,
      remedy: "give a row a sequence, its name and its label: sequence,label",
    });
  const [names, labels] = [namesIn(table, sequence), namesIn(table, label)];
  const found = new Map<string, string>();
  for (const [row, cell] of labels.entries()) {
    if (isMissing(cell)) continue;
    const [name, own] = [String(names[row]), String(cell)];
    const before = found.get(name);
    if (before !== undefined && before !== own)
      throw new VrnnError("data/label", `"${name}" is "${before}" and "${own}"`, {
        at: table.at(label, row),
        remedy: "give each sequence one label",
      });
    found.set(name, own);
  }
  return found;
}
