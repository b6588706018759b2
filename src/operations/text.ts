/** What operations do with text, in one piece: pages of tables do without. */
export { writtenTexts } from "./sample-text.ts";
export { scoredTexts } from "./score-text.ts";
