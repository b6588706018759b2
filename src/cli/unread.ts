import type { Dataset } from "../data/dataset.ts";
import { formatOfName } from "../data/formats.ts";
import { refuseOtherMaterials } from "../data/option-materials.ts";
import { type DataSchema, dataSchema } from "../run/data-schema.ts";

/**
 * Refuses what was said of reading data and has no effect on those that were read.
 *
 * @param path where they stand: the end of its name tells what kind of file it is, where nothing else does
 * @throws VrnnError `usage/option`
 */
export const refuseUnread = (
  schema: DataSchema,
  { modality = { name: "table" } }: Pick<Dataset, "modality">,
  path: string,
): void =>
  refuseOtherMaterials(dataSchema, schema, {
    material: modality.name,
    format: schema.format ?? formatOfName(path),
  });
