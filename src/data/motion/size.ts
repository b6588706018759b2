import { VrnnError } from "../../errors.ts";
import type { KnownData } from "../field-dataset.ts";
import type { WindowSize } from "./windows.ts";

/** How long the stretches of a run are. @throws VrnnError `run/no-motion` for a run of anything else */
export function windowSizeOf({ modality }: Pick<KnownData, "modality">): WindowSize {
  if ("observed" in modality) return modality;
  throw new VrnnError("run/no-motion", `this run is of ${modality.name}, not of tracks`, {
    remedy: "train one: vrnn train tracks.csv --model trajectory",
  });
}
