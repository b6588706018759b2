import { createHash } from "node:crypto";
import {
  decodeSafetensors,
  encodeSafetensors,
  type SafetensorsFile,
  type StoredTensors,
} from "../checkpoint/safetensors.ts";
import { VrnnError } from "../errors.ts";

/**
 * A safetensors file whose metadata hold, under `sha256`, a checksum of everything else in it: names, shapes, data and
 * the other metadata, in the bytes that `encodeSafetensors` gives them.
 */
export function seal(tensors: StoredTensors, metadata: Readonly<Record<string, string>>): Uint8Array {
  return encodeSafetensors(tensors, { ...metadata, sha256: checksum({ tensors, metadata }) });
}

/**
 * Reads what `seal` wrote, without the checksum.
 *
 * @throws VrnnError `checkpoint/...` when the file is cut, damaged or not sealed.
 */
export function unseal(bytes: Uint8Array, at: string): SafetensorsFile {
  const { tensors, metadata: sealed } = decodeSafetensors(bytes, at);
  const { sha256, ...metadata } = sealed;
  const content = { tensors, metadata };
  if (sha256 === checksum(content)) return content;
  const what = sha256 === undefined ? "the file has no checksum" : "the content does not fit its checksum";
  throw new VrnnError("checkpoint/checksum", what, { at, remedy: "the file is damaged: use another copy" });
}

function checksum({ tensors, metadata }: SafetensorsFile): string {
  return createHash("sha256").update(encodeSafetensors(tensors, metadata)).digest("hex");
}
