/** Options of operations that a run does not read. */
import { refuseOtherMaterials } from "../data/option-materials.ts";
import { metaOf, shapeOf } from "../options.ts";
import type * as z from "../zod.ts";
import type { Context } from "./context.ts";
import type { Operation } from "./operation.ts";

/**
 * Refuses options that have no effect on the model of a run, or on data of its material. What a choice decides the inputs of
 * makes a run, and reads none.
 *
 * @param given what was said, nothing filled in
 * @throws VrnnError `usage/option`
 */
export async function refuseUnreadByRun(
  { input, variants }: Operation,
  given: Readonly<Record<string, unknown>>,
  context: Context,
): Promise<void> {
  const shape = shapeOf(input);
  const isBound = (key: string) => {
    const { materials, needs } = metaOf(shape[key] as z.core.$ZodType);
    return materials !== undefined || needs !== undefined;
  };
  if (variants !== undefined || !Object.keys(given).some(isBound)) return;
  const { config, model } = await context.run();
  refuseOtherMaterials(input, given, { material: config.modality.name });
  const { refuseLacking } = await import("./refused.ts");
  refuseLacking(model, input, given);
}
