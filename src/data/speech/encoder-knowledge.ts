/** What a run keeps of the encoder that hears its speech, read as hostile input. */
import * as z from "../../zod.ts";
import { checkedEncoder, checksum, portName } from "../encoders.ts";

const encoderKnowledge = z.strictObject({
  sha256: checksum,
  input: portName,
  output: portName,
  /** Samples a second that it is given. */
  rate: z.int().check(z.minimum(1), z.maximum(1_000_000)),
});

/** Which encoder it is, and how it is fed. */
export type SoundEncoderKnowledge = z.output<typeof encoderKnowledge>;

/**
 * What a run knows of the encoder that hears its speech; undefined of a run that hears without.
 *
 * @param hearing how a run hears: `Hearing`, as it is kept
 * @throws VrnnError `run/encoder` for what cannot be read
 */
export const knownSoundEncoder = (hearing: {
  readonly encoder?: unknown;
}): SoundEncoderKnowledge | undefined =>
  hearing.encoder === undefined ? undefined : checkedEncoder(encoderKnowledge, hearing.encoder);
