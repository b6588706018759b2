/** Options that are about data of some materials or kinds of files, and have no effect on others. */
import { flagName, metaOf, shapeOf, usageError } from "../options.ts";
import { listed } from "../words/figures.ts";
import type * as z from "../zod.ts";
import type { FormatName } from "./format-names.ts";
import type { ModalityName } from "./modality.ts";

declare module "zod/v4/core" {
  interface GlobalMeta {
    /** The materials that it has an effect on; absent: all. */
    materials?: readonly ModalityName[];
    /** The kinds of files that it has an effect on; absent: all. */
    formats?: readonly FormatName[];
  }
}

/** What a model of some material is of. */
export type Target = "columns" | "tokens" | "pairs" | "tracks" | "captions" | "frames";

/** What data of each material are called, and what a model of them is of. */
const materialFacts: Readonly<Record<ModalityName, { readonly words: string; readonly target: Target }>> = {
  table: { words: "tables", target: "columns" },
  music: { words: "music", target: "columns" },
  strokes: { words: "drawings", target: "columns" },
  text: { words: "text", target: "tokens" },
  pairs: { words: "pairs of texts", target: "pairs" },
  speech: { words: "speech", target: "columns" },
  motion: { words: "tracks", target: "tracks" },
  captions: { words: "captioned pictures", target: "captions" },
  images: { words: "frames", target: "frames" },
};

/** The materials that models of a kind are of. @example materialsOf("tokens"); // ["text"] */
export const materialsOf = (target: Target): readonly ModalityName[] =>
  (Object.keys(materialFacts) as ModalityName[]).filter((name) => materialFacts[name].target === target);

/** What data of some materials are called. @example materialWords(["table", "text"]); // "tables and text" */
export const materialWords = (names: readonly ModalityName[]): string =>
  listed(
    names.map((name) => materialFacts[name].words),
    names.length,
  );

/** What models of columns are of. */
export const COLUMNS = materialsOf("columns");

/** What is read as tables: rows of named columns, or what is turned into some. */
export const TABLES: readonly ModalityName[] = ["table", "music", "strokes"];

/** How data are read as another material than they were, where an option says so. */
const WAYS: { readonly [Name in ModalityName]?: string } = {
  text: "leave it out, or read the data as text with --tokens",
};

/** Data as they were read. */
export interface ReadAs {
  readonly material: ModalityName;
  /** What kind of files they stand in, where it is known and the same of all. */
  readonly format?: FormatName | undefined;
}

/**
 * Refuses options that have no effect on data of a material, or on the kind of files that they stand in.
 *
 * @param schema of an object whose parts carry `materials` or `formats` as metadata
 * @param given what was said, nothing filled in
 * @throws VrnnError `usage/option`
 * @example
 * refuseOtherMaterials(dataSchema, { grid: 4 }, { material: "table" });
 * // usage/option: option '--grid' has no effect: it is about music, and the data are tables (leave it out)
 */
export function refuseOtherMaterials(
  schema: z.core.$ZodType,
  given: Readonly<Record<string, unknown>>,
  { material, format }: ReadAs,
): void {
  for (const [key, part] of Object.entries(shapeOf(schema))) {
    if (given[key] === undefined) continue;
    const { flag = key, materials, formats } = metaOf(part);
    const refuse = (about: string, are: string, remedy = "leave it out") => {
      const option = flagName(flag);
      throw usageError(
        `option '${option}' has no effect: it is about ${about}, and the data are ${are}`,
        remedy,
      );
    };
    if (materials !== undefined && !materials.includes(material))
      refuse(materialWords(materials), materialFacts[material].words, WAYS[materials[0] as ModalityName]);
    if (formats !== undefined && format !== undefined && !formats.includes(format))
      refuse(listed(formats, formats.length), format);
  }
}
