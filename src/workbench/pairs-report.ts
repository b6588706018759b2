/** What a report shows of a run of pairs of texts. */
import { fieldDatasetOf } from "../data/field-dataset.ts";
import type { RunReport } from "./shown.ts";

/** The bound over the epochs, and what there is to say of the data. */
export const pairsReport: RunReport = async (_, given) => ({ data: fieldDatasetOf(given), latents: [] });
