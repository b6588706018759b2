import type { Material } from "./material.ts";

/** Speech, which `vrnn transcribe` writes down. */
export const speech: Material = { others: ["transcribe"] };
