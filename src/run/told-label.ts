/** Which label a model is to tell. */
import { type Fields, labelNameOf } from "../data/fields.ts";
import { VrnnError } from "../errors.ts";
import { type ObjectiveName, objectiveFacts } from "../objectives/loading.ts";
import type { RunConfig } from "./run-config.ts";

/**
 * The label that a model is to tell, where the objective is about labels.
 *
 * @throws VrnnError `objective/no-labels` when the data have none
 * @example
 * toldBy("cross-entropy", data.fields); // { readout: { field: "label" } }
 */
export function toldBy(objective: ObjectiveName, fields: Fields): Pick<RunConfig, "readout"> {
  if (objectiveFacts[objective].needs !== "labels") return {};
  const field = labelNameOf(fields);
  if (field !== undefined) return { readout: { field } };
  throw new VrnnError(
    "objective/no-labels",
    `the objective ${objective} is about labels, and the data have none`,
    {
      remedy: "say which column holds them with the option label, or give texts in a folder for each label",
    },
  );
}
