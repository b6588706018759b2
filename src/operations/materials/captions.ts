import type { Material } from "./material.ts";
import { text } from "./text.ts";

const { sample: _, ...asText } = text;

/** Pictures and what people say of them: scored and told as the texts that are written; `vrnn caption` writes them. */
export const captions: Material = { ...asText, others: ["caption"] };
