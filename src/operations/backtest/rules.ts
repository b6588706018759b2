/** The simple rules that a model is held against, with the linear algebra that they need. */
export { columnRules } from "../../baselines/rules.ts";
/** Reached from here too: what all that is loaded later reaches alike a bundler leaves in one piece. */
export { note } from "../usual.ts";
