/** What a run keeps of the encoder that reads its texts, read as hostile input. */
import * as z from "../../zod.ts";
import { keptEncoder } from "../encoded.ts";
import { checkedEncoder, checksum, portName } from "../encoders.ts";
import type { Modality } from "../modality.ts";

const encoderKnowledge = z.strictObject({
  sha256: checksum,
  /** The checksum of the tokenizer beside it. */
  tokenizer: checksum,
  inputs: z.array(portName),
  output: portName,
});

/** Which encoder it is, and which tokenizer makes ids for it. */
export type TextEncoderKnowledge = z.output<typeof encoderKnowledge>;

/**
 * What a run knows of the encoder of its texts; undefined of a run that has none.
 *
 * @throws VrnnError `run/encoder` for what cannot be read
 */
export function knownTextEncoder(modality: Modality): TextEncoderKnowledge | undefined {
  const kept = keptEncoder(modality, "text");
  return kept === undefined ? undefined : checkedEncoder(encoderKnowledge, kept);
}
