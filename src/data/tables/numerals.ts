/** Numbers as people and programs write them: with marks between thousands, decimal commas, signs of money, units. */
import { type DecimalMark, decimalMarks } from "./answers.ts";
import { isDecimal } from "./cells.ts";

/** What a text may write: a number under one mark or the other, in a unit. */
export interface Numeral {
  /** NaN where it writes no number so. */
  readonly point: number;
  readonly comma: number;
  /** "%", "$", "MiB"; empty where there is none. */
  readonly unit: string;
}

/** No number is longer. */
const LONGEST = 60;

const HEXADECIMAL = /^0x[0-9a-f]{1,13}$/i;
/** Units that follow their number at once; a single letter would be a name as likely (5A). */
const ATTACHED: readonly string[] = [
  ...["%", "‰", "$", "€", "£", "¥", "₹", "°", "°C", "°F"],
  ...[
    "ns",
    "us",
    "µs",
    "ms",
    "min",
    "Hz",
    "kHz",
    "MHz",
    "GHz",
    "mm",
    "cm",
    "km",
    "mg",
    "kg",
    "ml",
    "px",
    "ppm",
    "dB",
  ],
  ...[
    "kB",
    "MB",
    "GB",
    "TB",
    "KiB",
    "MiB",
    "GiB",
    "TiB",
    "kbps",
    "Mbps",
    "mV",
    "kV",
    "mA",
    "mW",
    "kW",
    "MW",
    "kWh",
  ],
  ...["Pa", "hPa", "kPa", "MPa", "bar", "mbar", "rpm"],
];
/** A sign, a sign of money, digits and marks, and a unit: one of those at once, or a word after a blank. */
const PARTS = new RegExp(
  "^([+-]?)([$€£¥₹]?)\\s?([+-]?)([\\d.,'’ \\u00a0\\u2009\\u202f]*\\d[.,]?(?:e[+-]?\\d{1,3})?)" +
    `(?:\\s?(${ATTACHED.map((unit) => unit.replace("$", "\\$")).join("|")})` +
    "|[ \\u00a0\\u2009\\u202f]((?=[a-zµμΩ°])(?:[ms]\\^?-?[23]|[a-zµμΩ°/²³*%-]){1,10}))?$",
  "i",
);
/** Blanks or apostrophes that set off thousands, whatever the decimals. */
const SPACED = /^\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+(?=[.,e]|$)|^\d{1,3}(?:['’]\d{3})+(?=[.,e]|$)/i;
const POINT = /^(?:[1-9]\d{0,2}(?:,\d{3})+|\d+)(?:\.\d*)?(?:e[+-]?\d+)?$|^\.\d+(?:e[+-]?\d+)?$/i;
const COMMA = /^(?:[1-9]\d{0,2}(?:\.\d{3})+|\d+)(?:,\d*)?(?:e[+-]?\d+)?$|^,\d+(?:e[+-]?\d+)?$/i;

/**
 * The number that a text writes, or undefined where it writes none.
 *
 * @example
 * numeralOf("$1,100.00"); // { point: 1100, comma: NaN, unit: "$" }
 * numeralOf("1.234"); // { point: 1.234, comma: 1234, unit: "" }
 * numeralOf("45 %"); // { point: 45, comma: 45, unit: "%" }
 * numeralOf("idle"); // undefined
 */
export function numeralOf(text: string): Numeral | undefined {
  if (text.length > LONGEST || !/\d/.test(text)) return undefined;
  if (HEXADECIMAL.test(text)) return { point: Number(text), comma: Number(text), unit: "" };
  const isBracketed = text.startsWith("(") && text.endsWith(")");
  const plain = (isBracketed ? text.slice(1, -1) : text).replaceAll("−", "-").trim();
  const [, sign = "", money = "", inner = "", digits = "", mark, word] = PARTS.exec(plain) ?? [];
  if (digits === "" || (sign !== "" && inner !== "")) return undefined;
  const core = digits.replace(SPACED, (grouped) => grouped.replace(/\D/g, ""));
  const factor = isBracketed || `${sign}${inner}` === "-" ? -1 : 1;
  const point = POINT.test(core) ? factor * Number(core.replaceAll(",", "")) : Number.NaN;
  const comma = COMMA.test(core) ? factor * Number(core.replaceAll(".", "").replace(",", ".")) : Number.NaN;
  if (Number.isNaN(point) && Number.isNaN(comma)) return undefined;
  return { point, comma, unit: money || mark || word || "" };
}

const UNITS: ReadonlySet<string> = new Set(["", ...ATTACHED]);

/** Whether a text writes a number in some way, plain decimals aside; a word after it has to be a unit that is known. */
export function isNumeral(text: string): boolean {
  const numeral = isDecimal(text) ? undefined : numeralOf(text);
  return numeral !== undefined && UNITS.has(numeral.unit);
}

/** The marks under which a number can be read; both where it is the same under both, or may be either. */
export const marksOf = ({ point, comma }: Numeral): readonly DecimalMark[] =>
  Number.isNaN(point) ? ["comma"] : Number.isNaN(comma) ? ["point"] : decimalMarks;

/** Whether a number is another one under the other mark: 1.234. */
export const isAmbiguous = ({ point, comma }: Numeral): boolean =>
  !Number.isNaN(point) && !Number.isNaN(comma) && point !== comma;
