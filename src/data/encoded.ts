/** Which material an encoder that somebody brought reads, and where its run keeps what is known of it. */
import type { Modality, ModalityName } from "./modality.ts";
import type { SpeechKnowledge } from "./speech/knowledge.ts";

type Of<Name extends ModalityName> = Extract<Modality, { readonly name: Name }>;

const places: { readonly [Name in ModalityName]?: (modality: Of<Name>) => unknown } = {
  captions: ({ encoder }) => encoder,
  text: ({ encoder }) => encoder,
  speech: ({ known }: { readonly known: Partial<SpeechKnowledge> | undefined }) => known?.hearing?.encoder, // unchecked, too
};

/** What a run keeps of its encoder, unchecked; undefined where it has none, or is of other material. */
export const keptEncoder = (modality: Modality, material: ModalityName): unknown =>
  modality.name === material
    ? (places[material] as ((own: Modality) => unknown) | undefined)?.(modality)
    : undefined;

/** Whether an encoder that somebody brought reads the data of a run. */
export const isEncoded = (modality: Modality): boolean => keptEncoder(modality, modality.name) !== undefined;
