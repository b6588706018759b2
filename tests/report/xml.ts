/** A start tag with its attributes as they are written. */
export interface Tag {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

const NAME = "[A-Za-z_][A-Za-z0-9_:.-]*";
const ATTRIBUTE = new RegExp(`\\s+(${NAME})="([^"<]*)"`, "y");
const REFERENCE = /&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-fA-F]+);)/;
const FORBIDDEN = /(?![\t\n\r])[\p{Cc}\p{Cs}\ufffe\uffff]/u;

/** The tags of a document, which must be well-formed XML: balanced, quoted and escaped, one root. */
export function parseXml(text: string): Tag[] {
  if (FORBIDDEN.test(text)) throw new Error("a forbidden character");
  const tags: Tag[] = [];
  const open: string[] = [];
  let place = 0;
  while (place < text.length) {
    const next = text.indexOf("<", place);
    const words = text.slice(place, next < 0 ? undefined : next);
    if (REFERENCE.test(words)) throw new Error(`a bare & in "${words}"`);
    if (open.length === 0 && words.trim() !== "") throw new Error(`text outside of the root: "${words}"`);
    if (next < 0) break;
    place = readTag(text, next, open, tags);
  }
  if (open.length > 0) throw new Error(`left open: ${open.join(" > ")}`);
  if (tags.length === 0) throw new Error("no root");
  return tags;
}

function readTag(text: string, start: number, open: string[], tags: Tag[]): number {
  const closing = new RegExp(`</(${NAME})>`, "y");
  closing.lastIndex = start;
  const closed = closing.exec(text);
  if (closed) {
    if (open.pop() !== closed[1]) throw new Error(`</${closed[1]}> closes nothing`);
    return closing.lastIndex;
  }
  const opening = new RegExp(`<(${NAME})`, "y");
  opening.lastIndex = start;
  const name = opening.exec(text)?.[1];
  if (name === undefined) throw new Error(`no tag: "${text.slice(start, start + 40)}"`);
  if (open.length === 0 && tags.length > 0) throw new Error("a second root");
  const attributes: Record<string, string> = {};
  let place = opening.lastIndex;
  for (;;) {
    ATTRIBUTE.lastIndex = place;
    const found = ATTRIBUTE.exec(text);
    if (!found) break;
    const [, key, value] = found as unknown as [string, string, string];
    if (Object.hasOwn(attributes, key)) throw new Error(`${key} twice in <${name}>`);
    if (REFERENCE.test(value)) throw new Error(`a bare & in ${key} of <${name}>`);
    attributes[key] = value;
    place = ATTRIBUTE.lastIndex;
  }
  const end = /\s*(\/?)>/y;
  end.lastIndex = place;
  const ending = end.exec(text);
  if (!ending) throw new Error(`<${name}> is broken at "${text.slice(place, place + 40)}"`);
  tags.push({ name, attributes });
  if (ending[1] === "") open.push(name);
  return end.lastIndex;
}
