/** Scores and samples of columns as text, which pages that ask for the numbers alone do without. */
export { numbered, sequenceCsv } from "../../data/write.ts";
export { scoreTable } from "../../tables/score-table.ts";
/** Reached from here too: what all that is loaded later reaches alike a bundler leaves in one piece. */
export { ofColumns } from "../usual.ts";
