/** The reader of CSV. */
export { parseCsv } from "./tables/csv.ts";
