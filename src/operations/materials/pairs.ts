import type { Material } from "./material.ts";
import { text } from "./text.ts";

const { sample: _, ...asText } = text;

/** Texts and their answers: scored and told as the texts that are written; `vrnn translate` writes them. */
export const pairs: Material = { ...asText, others: ["translate", "export"] };
