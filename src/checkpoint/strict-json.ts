const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Parses JSON that a stranger wrote: as `JSON.parse`, but a key that stands twice in one object and nesting deeper than
 * `maxDepth` are errors too. Depth is checked before the parser starts.
 *
 * @throws SyntaxError of one line, without any of the text's own characters except a quoted key.
 *
 * @example
 * parseStrictJson('{"a": 1, "a": 2}', 8); // SyntaxError: the key "a" stands twice in one object
 */
export function parseStrictJson(text: string, maxDepth: number): unknown {
  checkStructure(text, maxDepth);
  try {
    return JSON.parse(text);
  } catch {
    throw new SyntaxError("not valid JSON");
  }
}

/** Quotes a name from a file for a message: one line, of bounded length. */
export function quoteName(name: string): string {
  return JSON.stringify(name.length > 60 ? `${name.slice(0, 60)}…` : name);
}

/** Walks brackets and strings alone; malformed text may pass here, since `JSON.parse` judges it next. */
function checkStructure(text: string, maxDepth: number): void {
  const keysOf: (Set<string> | undefined)[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (character === "{" || character === "[") {
      keysOf.push(character === "{" ? new Set() : undefined);
      if (keysOf.length > maxDepth) throw new SyntaxError(`nested deeper than ${maxDepth} levels`);
    } else if (character === "}" || character === "]") {
      keysOf.pop();
    } else if (character === '"') {
      const end = endOfString(text, at);
      if (isKey(text, end)) addKey(keysOf.at(-1), text.slice(at, end));
      at = end - 1;
    }
  }
}

/** The index after the closing quote of the string that opens at `start`. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at + 1;
    if (code === BACKSLASH) at++;
  }
  throw new SyntaxError("not valid JSON");
}

function isKey(text: string, end: number): boolean {
  let at = end;
  while (at < text.length && text.charCodeAt(at) <= 0x20) at++;
  return text[at] === ":";
}

function addKey(keys: Set<string> | undefined, quoted: string): void {
  if (keys === undefined) return;
  const key = unquote(quoted);
  if (keys.has(key)) throw new SyntaxError(`the key ${quoteName(key)} stands twice in one object`);
  keys.add(key);
}

/** Two spellings of one key, such as "a" and "\u0061", are the same key. */
function unquote(quoted: string): string {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    throw new SyntaxError("not valid JSON");
  }
}
