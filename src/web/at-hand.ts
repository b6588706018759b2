/**
 * What a worker that reads tables has anyway. What it loads beside that says so: a bundler cuts what is shared by how far each
 * of them reaches, and leaves in one piece what all reach alike (`operations/usual.ts` does the same for operations).
 */
export { calendarWords } from "../data/derived/names.ts";
export { fieldDatasetOf } from "../data/field-dataset.ts";
export { FINEST_GRID } from "../data/music/playing.ts";
export { parseTexts } from "../data/tables/separated.ts";
export { tokenUnits } from "../data/text/tokens.ts";
export { textOf } from "./bytes.ts";
