/** Numbers as people and programs write them: with marks between thousands, decimal commas, signs of money, units. */

import { type DecimalMark, decimalMarks } from "./answers.ts";
import { type Cell, isDecimal, isMissing } from "./cells.ts";

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
/** Units that stand after a blank alone, beside those; any other word makes a name (1 bed, 12 am). */
const APART: readonly string[] = [
  ...[
    "m",
    "nm",
    "µm",
    "um",
    "ft",
    "in",
    "mi",
    "ha",
    "g",
    "µg",
    "ug",
    "t",
    "lb",
    "lbs",
    "oz",
    "l",
    "mol",
    "mmol",
  ],
  ...["s", "sec", "h", "hr", "hrs", "hours", "d", "day", "days", "years", "mph", "bpm", "fps", "bps", "Gbps"],
  ...["V", "A", "W", "GW", "J", "kJ", "MJ", "N", "K", "C", "F", "Ω", "kΩ", "Wh", "MWh", "GWh", "VA", "kVA"],
  ...[
    "cal",
    "kcal",
    "B",
    "bit",
    "bits",
    "bytes",
    "dBm",
    "dBA",
    "lx",
    "lm",
    "USD",
    "EUR",
    "GBP",
    "CHF",
    "JPY",
  ],
];
const oneOf = (units: readonly string[]): string =>
  `(?:${units.map((unit) => unit.replace("$", "\\$")).join("|")})`;
const POWER = `${oneOf([...ATTACHED, ...APART])}(?:\\^?-?[23]|[²³])?`;
/** A sign, a sign of money, digits and marks, and a unit: one of those at once, or any after a blank, such as m3/s. */
const PARTS = new RegExp(
  "^([+-]?)([$€£¥₹]?)\\s?([+-]?)([\\d.,'’ \\u00a0\\u2009\\u202f]*\\d[.,]?(?:e[+-]?\\d{1,3})?)" +
    `(?:\\s?(${oneOf(ATTACHED)})|[ \\u00a0\\u2009\\u202f](${POWER}(?:[/*]${POWER}){0,2}))?$`,
  "i",
);
/** What is written as an address of a computer is. */
const ADDRESS = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;
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
 * numeralOf("192.168.100.100"); // undefined
 */
export function numeralOf(text: string): Numeral | undefined {
  if (text.length > LONGEST || !/\d/.test(text) || ADDRESS.test(text)) return undefined;
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

/**
 * A cell as the number that its text writes under a mark. A number under the other mark alone is text: it is refused where a
 * number belongs.
 *
 * @param cell what the text is as a plain decimal
 * @example
 * readByMark(1.1, "1.100", "comma"); // 1100
 * readByMark(0.5, "0.5", "comma"); // "0.5"
 */
export function readByMark(cell: Cell, text: string, mark: DecimalMark): Cell {
  const isOpen = typeof cell === "string" || (mark === "comma" && text.includes("."));
  const numeral = isOpen ? numeralOf(text.trim()) : undefined;
  if (numeral === undefined) return cell;
  if (!Number.isNaN(numeral[mark])) return numeral[mark];
  return isMissing(cell) ? cell : text.trim();
}

/** The marks under which a number can be read; both where it is the same under both, or may be either. */
export const marksOf = ({ point, comma }: Numeral): readonly DecimalMark[] =>
  Number.isNaN(point) ? ["comma"] : Number.isNaN(comma) ? ["point"] : decimalMarks;

/** Whether a text is whole and grouped by points alone, as versions are as well: 1.100.200. */
export const isVersionLike = (text: string): boolean => /^[+-]?\d{1,3}(?:\.\d{3}){2,}$/.test(text);

/** Whether a number is another one under the other mark: 1.234. */
export const isAmbiguous = ({ point, comma }: Numeral): boolean =>
  !Number.isNaN(point) && !Number.isNaN(comma) && point !== comma;
