/** A run that was trained elsewhere, out of two files of its folder. */
import { decodeSafetensors, encodeSafetensors } from "../checkpoint/safetensors.ts";
import { VrnnError } from "../errors.ts";
import { buildModel } from "../models/loading.ts";
import { checkFormat } from "../run/format.ts";
import { parseConfig } from "../run/parse-config.ts";
import type { TrainedModel } from "../run/run.ts";
import { runConfig } from "../run/run-config.ts";
import { joinWeights } from "../run/stored.ts";
import { bytesOf } from "./bytes.ts";
import type { TrainedFields } from "./place.ts";

/** `config.json` and `weights.safetensors` of a run. */
export interface RunFiles {
  readonly config: File;
  readonly weights: File;
}

/**
 * The trained model of a run of any material: what jobs on it bring along. Nothing is taken from the files unchecked; the
 * checksum of the weights is looked at where the page is a secure context, as browsers compute none elsewhere.
 *
 * @throws VrnnError `run/config`, `run/newer`, `checkpoint/...`
 * @example
 * const run = await openRunFiles({ config, weights });
 * const samples = await worker.run("sample", { ...run, count: 3 });
 */
export async function openRunFiles(files: RunFiles): Promise<TrainedFields> {
  const { config, weights } = await trainedModelIn(files);
  const { family, model, modality, fields, readout } = config;
  return { ...{ family, model, modality, fields }, ...(readout && { readout }), weights };
}

/** The same with all that the run keeps, and the model built. @throws VrnnError as `openRunFiles` */
export async function trainedModelIn({ config, weights }: RunFiles): Promise<TrainedModel> {
  const trained = parseConfig(await bytesOf(config), config.name, runConfig);
  const model = await buildModel(trained);
  const { tensors, metadata: sealed } = decodeSafetensors(await bytesOf(weights), weights.name);
  const { sha256, ...metadata } = sealed;
  checkFormat(Number(metadata["format"]), weights.name);
  await requireChecksum(encodeSafetensors(tensors, metadata), sha256, weights.name);
  return { config: trained, model, weights: joinWeights(model.parameters, tensors, weights.name) };
}

/** @throws VrnnError `checkpoint/checksum` */
async function requireChecksum(content: Uint8Array, sha256: string | undefined, at: string): Promise<void> {
  const { subtle } = crypto as { readonly subtle?: SubtleCrypto };
  if (subtle === undefined) return;
  const digest = new Uint8Array(await subtle.digest("SHA-256", content as Uint8Array<ArrayBuffer>));
  const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (hex === sha256) return;
  throw new VrnnError("checkpoint/checksum", "the content does not fit its checksum", {
    at,
    remedy: "the file is damaged: use another copy",
  });
}
