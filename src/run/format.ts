import { VrnnError } from "../errors.ts";

/** The version of what a run's folder holds. A reader knows this one and all before it. */
export const RUN_FORMAT = 4;

/** @throws VrnnError `run/newer` when a newer version of vrnn wrote the file, `run/format` when there is no version. */
export function checkFormat(version: unknown, at: string): void {
  if (!Number.isSafeInteger(version) || (version as number) < 1) {
    throw new VrnnError("run/format", "the version of its format is missing", {
      at,
      remedy: "give a folder that vrnn train wrote",
    });
  }
  if ((version as number) <= RUN_FORMAT) return;
  throw new VrnnError(
    "run/newer",
    `written by a newer version of vrnn: format ${version}, this one reads up to ${RUN_FORMAT}`,
    { at, remedy: "update vrnn" },
  );
}
