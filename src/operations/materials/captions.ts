import type { Material } from "./material.ts";

/** Pictures with what people say of each: what is done with all fields is done with them. */
export const captions: Material = {};
