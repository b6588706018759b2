/** What XML forbids, halves of surrogate pairs, and marks that turn the direction of the text around them. */
const UNFIT = /(?![\t\n\r])\p{Cc}|\p{Cs}|[\u202a-\u202e\u2066-\u2069\ufffe\uffff]/gu;

/** Text without characters that would break a document or disguise what follows them. */
export const cleanText = (text: string): string => text.replace(UNFIT, "\ufffd");

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * Text as it may stand in HTML or SVG, in an element or in a quoted attribute.
 *
 * @example
 * escapeText(`<b title="x">`); // "&lt;b title=&quot;x&quot;&gt;"
 */
export const escapeText = (text: string): string =>
  cleanText(text).replace(/[&<>"']/g, (character) => ENTITIES[character]!);

/**
 * The beginning and the end of a text too long for its place (names of columns often differ at the end).
 *
 * @example
 * shorten("machine_temperature_celsius", 13); // "machin…elsius"
 */
export function shorten(text: string, most: number): string {
  const characters = [...cleanText(text).replace(/\s+/g, " ")];
  if (characters.length <= most) return characters.join("");
  const tail = Math.floor((most - 1) / 2);
  return [...characters.slice(0, most - 1 - tail), "…", ...characters.slice(characters.length - tail)].join(
    "",
  );
}

/**
 * A number for a person: so many significant digits, a real minus sign, separated thousands; "–" for none.
 *
 * @example
 * formatNumber(-1234.567); // "−1,235"
 */
export function formatNumber(value: number | null | undefined, digits = 4): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size >= 1e9 || (size > 0 && size < 1e-4)) return value.toExponential(2).replaceAll("-", "−");
  if (size < 1) return signed(value.toLocaleString("en-US", { maximumSignificantDigits: digits }));
  const decimals = Math.max(0, digits - Math.floor(Math.log10(size)) - 1);
  return signed(value.toLocaleString("en-US", { maximumFractionDigits: decimals }));
}

/** Nats per step: always as many decimals, so that figures line up. */
export function formatNats(value: number | null | undefined, decimals = 2): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  return signed(value.toLocaleString("en-US", digits));
}

const signed = (text: string) => (Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−"));

/** A share of one as a percentage. */
export const formatShare = (share: number | null | undefined, digits = 3): string =>
  share === null || share === undefined || !Number.isFinite(share)
    ? "–"
    : `${formatNumber(share * 100, digits)} %`;

/**
 * A name that is safe as a file's name and as an anchor, whatever it was made from.
 *
 * @example
 * slug("../Prod host #1.csv"); // "prod-host-1-csv"
 */
export function slug(text: string): string {
  const plain = text.normalize("NFKD").toLowerCase();
  const kept = plain.replace(/[^a-z0-9]+/g, "-").slice(0, 60);
  return kept.replace(/^-|-$/g, "") || "unnamed";
}
