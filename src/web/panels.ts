/** What makes data sets of tables of every shape. */
export { buildPanel } from "../data/tables/panel.ts";
export * from "./at-hand.ts";
