import { VrnnError } from "../../errors.ts";

/**
 * Parses JSON; a fault is reported with its line and column.
 *
 * @param line The line of the file that the text begins on.
 * @throws VrnnError `data/json`
 */
export function parseJson(text: string, file: string, line = 1): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw jsonError(text, file, line, cause);
  }
}

function jsonError(text: string, file: string, firstLine: number, cause: unknown): VrnnError {
  const offset = jsonFault(text) ?? text.length;
  const before = text.slice(0, offset).split("\n");
  const at = `${file}:${firstLine + before.length - 1}:${before[before.length - 1]!.length + 1}`;
  const found = offset >= text.length ? "the text ends too early" : `unexpected ${excerpt(text, offset)}`;
  const python = /^-?(NaN|Infinity|None)/.test(text.slice(offset, offset + 9));
  const remedy = python ? "write null for a missing value" : "mend the file, or write it anew";
  return new VrnnError("data/json", `invalid JSON: ${found}`, { at, remedy, cause });
}

function excerpt(text: string, offset: number): string {
  const word = /^[\w"'.+-]{1,20}/.exec(text.slice(offset, offset + 20))?.[0] ?? text[offset]!;
  return JSON.stringify(word);
}

type State = "value" | "first value" | "key" | "first key" | "colon" | "after" | "end";

/** A token that is no text. */
const TOKEN = /[{}[\],:]|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const PLAIN = /[ !#-[\]-\uffff]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const SPACE = /[ \t\n\r]*/y;

/**
 * Where a text stops being JSON: the offset of the first token that cannot stand there (the length of the text when
 * it ends too early), or undefined when it is valid. The messages of JSON.parse do not tell in every version of V8.
 *
 * @example
 * jsonFault('{"a": [1, }'); // 10
 */
export function jsonFault(text: string): number | undefined {
  const open: string[] = [];
  let state: State = "value";
  for (let offset = skip(SPACE, text, 0); offset < text.length; ) {
    const end = text[offset] === '"' ? textEnd(text, offset) : skip(TOKEN, text, offset);
    const next: State | undefined = end === offset ? undefined : follow(state, text[offset]!, open);
    if (next === undefined) return offset;
    state = next;
    offset = skip(SPACE, text, end);
  }
  return state === "end" ? undefined : text.length;
}

/** Where the text that begins at an offset ends, or the offset when it does not; piece by piece, as it may be long. */
function textEnd(text: string, offset: number): number {
  let end = skip(PLAIN, text, offset + 1);
  while (text[end] === "\\") {
    const after = skip(ESCAPE, text, end);
    if (after === end) return offset;
    end = skip(PLAIN, text, after);
  }
  return text[end] === '"' ? end + 1 : offset;
}

function skip(pattern: RegExp, text: string, offset: number): number {
  pattern.lastIndex = offset;
  return pattern.test(text) ? pattern.lastIndex : offset;
}

/** The state after a token, told by its first character, or undefined when it cannot stand there; `open` is the stack of brackets. */
function follow(state: State, token: string, open: string[]): State | undefined {
  const inside = open[open.length - 1];
  if (token === "}" || token === "]") {
    const opener = token === "}" ? "{" : "[";
    const empty = token === "}" ? "first key" : "first value";
    if (inside !== opener || (state !== "after" && state !== empty)) return undefined;
    open.pop();
    return open.length === 0 ? "end" : "after";
  }
  if (token === ":") return state === "colon" ? "value" : undefined;
  if (token === ",") {
    if (state !== "after") return undefined;
    return inside === "{" ? "key" : "value";
  }
  if (state === "key" || state === "first key") return token === '"' ? "colon" : undefined;
  if (state !== "value" && state !== "first value") return undefined;
  if (token === "{" || token === "[") {
    open.push(token);
    return token === "{" ? "first key" : "first value";
  }
  return open.length === 0 ? "end" : "after";
}
