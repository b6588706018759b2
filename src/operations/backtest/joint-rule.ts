/** The rule of all columns together, which data of one column do without. */
export { varRule } from "../../baselines/var-rule.ts";
/** Reached from here too: what all that is loaded later reaches alike a bundler leaves in one piece. */
export { note } from "../usual.ts";
