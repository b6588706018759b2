/** Recordings of a machine with labelled incidents: those of the project, or anyone's own. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseStrictJson } from "../checkpoint/strict-json.ts";
import type { Dataset, Sequence } from "../data/dataset.ts";
import { LABELS_ENDING, readDataset } from "../data/files.ts";
import { VrnnError } from "../errors.ts";
import type { Incident } from "../metrics/detection.ts";
import { readIfPresent } from "../run/file-errors.ts";
import * as z from "../zod.ts";

/** The recordings that come with the project. */
export const shippedRecordings = fileURLToPath(new URL("../../assets/telemetry", import.meta.url));

/** Recordings, and the incidents in each of those for testing. */
export interface Recordings {
  readonly source: string;
  readonly data: Dataset;
  /** One list for each sequence of the test split. */
  readonly incidents: readonly (readonly Incident[])[];
}

/**
 * Reads a folder of recordings `train-*`, `valid-*` and `test-*`, with `<name>.incidents.json` beside each `test-*`.
 * Every column is taken as a measurement, also one that happened to be 0 or 1 throughout.
 *
 * @throws VrnnError `data/...`, `recordings/split` when a split is empty, `recordings/labels` when labels are missing
 * or are none.
 */
export function readRecordings(source: string): Recordings {
  const inferred = readDataset(source);
  const others = inferred.columns.filter(({ kind }) => kind !== "real");
  const kinds = Object.fromEntries(others.map(({ name }) => [name, "real" as const]));
  const data = others.length === 0 ? inferred : readDataset(source, { kinds });
  for (const split of ["valid", "test"] as const) {
    if (data.splits[split].length > 0) continue;
    const remedy = `put recordings called ${split}-01.csv and so on into the folder`;
    throw new VrnnError("recordings/split", `there is no recording for the ${split} split`, {
      at: source,
      remedy,
    });
  }
  return { source, data, incidents: data.splits.test.map((sequence) => readLabels(source, sequence)) };
}

const labels = z.array(
  z.strictObject({ kind: z.string().check(z.maxLength(1000)), start: z.number(), end: z.number() }),
);

const remedy = 'write a list of {"kind", "start", "end"} in seconds, as vrnn record does';

const labelsFile = (source: string, { name }: Pick<Sequence, "name">) =>
  join(source, `${name}${LABELS_ENDING}`);

function readLabels(source: string, sequence: Sequence): readonly Incident[] {
  const incidents = labelsOf(source, sequence);
  if (incidents !== undefined) return incidents;
  const at = labelsFile(source, sequence);
  throw new VrnnError("recordings/labels", "the recording has no labels", { at, remedy });
}

/**
 * The incidents in a sequence from a folder of recordings, or undefined when there are no labels beside it.
 *
 * @throws VrnnError `recordings/labels` when the file beside it holds anything else.
 */
export function labelsOf(source: string, sequence: Pick<Sequence, "name">): readonly Incident[] | undefined {
  const at = labelsFile(source, sequence);
  const bytes = readIfPresent(at);
  if (bytes === undefined) return undefined;
  try {
    return labels.parse(parseStrictJson(new TextDecoder().decode(bytes), 8));
  } catch (cause) {
    throw new VrnnError("recordings/labels", "these are no labels of incidents", { at, remedy, cause });
  }
}
