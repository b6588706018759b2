/** Captions as words. */
import { tokensOf } from "../text/vocabulary.ts";

/**
 * The words of a caption: in lower case, without punctuation.
 *
 * @example
 * captionWords("A dog, and another dog."); // ["a", "dog", "and", "another", "dog"]
 */
export const captionWords = (caption: string): string[] =>
  [...tokensOf(caption, "words", true)].filter((token) => /[\p{L}\p{N}]/u.test(token));
