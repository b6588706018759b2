import type { Modality } from "./modality.ts";

/** Whether an encoder that somebody brought reads the data of a run. */
export function isEncoded(modality: Modality): boolean {
  const own = modality.name === "speech" ? modality.known.hearing : modality;
  return "encoder" in own && own.encoder !== undefined;
}
