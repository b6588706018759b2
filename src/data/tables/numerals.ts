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
const ATTACHED: readonly string[] = (
  "% ‰ $ € £ ¥ ₹ ° °C °F ns us µs ms min Hz kHz MHz GHz mm cm km mg kg ml px ppm dB kB MB GB TB KiB MiB GiB TiB " +
  "kbps Mbps mV kV mA mW kW MW kWh Pa hPa kPa MPa bar mbar rpm"
).split(" ");
/** Units that stand after a blank alone, beside those; any other word makes a name (1 bed, 12 am). */
const APART: readonly string[] = (
  "m nm µm um ft in mi ha g µg ug t lb lbs oz l mol mmol s sec h hr hrs hours d day days years mph bpm fps bps Gbps " +
  "V A W GW J kJ MJ N K C F Ω kΩ Wh MWh GWh VA kVA cal kcal B bit bits bytes dBm dBA lx lm USD EUR GBP CHF JPY"
).split(" ");
/** What says before a number that it is money. */
const MONEY = "(?:US|R)?\\$|[€£¥₹]|(?:USD|EUR|GBP|CHF|Rs\\.?)[ \\u00a0]";
const oneOf = (units: readonly string[]): string =>
  `(?:${units.map((unit) => unit.replace("$", "\\$")).join("|")})`;
const POWER = `${oneOf([...ATTACHED, ...APART])}(?:\\^?-?[23]|[²³])?`;
/** A sign, a sign of money, digits and marks, a sign again as accountants write it, and a unit: at once or after a blank. */
const PARTS = new RegExp(
  `^([+-]?)(${MONEY}|)\\s?([+-]?)([\\d.,'’ \\u00a0\\u2009\\u202f]*\\d[.,]?(?:e[+-]?\\d{1,3})?)(-?)` +
    `(?:\\s?(${oneOf(ATTACHED)})|[ \\u00a0\\u2009\\u202f](${POWER}(?:[/*]${POWER}){0,2}))?$`,
  "i",
);
/** What is written as an address of a computer is. */
const ADDRESS = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;
/** Blanks or apostrophes that set off thousands, whatever the decimals. */
const SPACED = /^\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+(?=[.,e]|$)|^\d{1,3}(?:['’]\d{3})+(?=[.,e]|$)/i;
const POINT =
  /^(?:[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d?(?:,\d{2})+,\d{3}|\d+)(?:\.\d*)?(?:e[+-]?\d+)?$|^\.\d+(?:e[+-]?\d+)?$/i;
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
  if (text.length > LONGEST) return undefined;
  const latin = inLatinDigits(text);
  if (!/\d/.test(latin) || ADDRESS.test(latin)) return undefined;
  if (HEXADECIMAL.test(latin)) return { point: Number(latin), comma: Number(latin), unit: "" };
  const isBracketed = latin.startsWith("(") && latin.endsWith(")");
  const plain = (isBracketed ? latin.slice(1, -1) : latin).trim();
  const [, sign = "", money = "", inner = "", digits = "", after = "", mark, word] = PARTS.exec(plain) ?? [];
  const signs = sign + inner + after;
  if (digits === "" || signs.length > 1) return undefined;
  const core = digits.replace(SPACED, (grouped) => grouped.replace(/\D/g, ""));
  const factor = isBracketed || signs === "-" ? -1 : 1;
  const point = POINT.test(core) ? factor * Number(core.replaceAll(",", "")) : Number.NaN;
  const comma = COMMA.test(core) ? factor * Number(core.replaceAll(".", "").replace(",", ".")) : Number.NaN;
  if (Number.isNaN(point) && Number.isNaN(comma)) return undefined;
  return { point, comma, unit: money.trim() || mark || word || "" };
}

const DIGIT = /\p{Nd}/u;
/** Marks of other scripts, and what ASCII has for each. */
const [MARKS, PLAIN_MARKS] = ["−－＋٫．٬，٪％", "--+..,,%%"] as const;

/** A text with the digits and marks of other scripts as ASCII has them. */
const inLatinDigits = (text: string): string =>
  text.replace(/[^ -~]/g, (sign) =>
    DIGIT.test(sign) ? digitOf(sign) : (PLAIN_MARKS[MARKS.indexOf(sign)] ?? sign),
  );

/** The digits of a script stand one after the other, behind nothing that is a digit. */
function digitOf(sign: string): string {
  let digit = 0;
  while (DIGIT.test(String.fromCharCode(sign.charCodeAt(0) - digit - 1))) digit += 1;
  return String(digit);
}

/** Something measured that no rule reads as a number. */
const MEASURES: readonly RegExp[] = [
  // One number with decimals among a few letters or marks: 1.25M, 52.52N, <0.05, 5.0*; v1.2.3 has two.
  /^[^\d.,]{0,8}\d{1,3}(?:[,' ]?\d{3}){0,4}[.,]\d{1,12}[^\d.,]{0,8}$/,
  // A number marked as one by a sheet or a laboratory: '5, <5, ~5, 5*
  /^(?:['<>≤≥~≈] ?-?\d{1,12}|-?\d{1,12} ?[*†‡\p{Sc}])$/u,
  // A length of time: 1:23.456, 00:12:30
  /^-?\d{1,4}(?::\d{2}){1,2}(?:[.,]\d{1,9})?$/,
  // 5.5±0.1, 52°30'15", 1 3/8
  /^[^\d]{0,2}\d[\d.,]{0,12} ?(?:±|\+\/-|°).{1,16}$|^\d{1,6} \d{1,3}\/\d{1,3}$/,
];

const UNITS: ReadonlySet<string> = new Set(["", ...ATTACHED]);

/** Whether a text writes a number or a measurement, plain decimals aside; a letter or two after it may be a name (2 B). */
export function isNumeral(text: string): boolean {
  if (isDecimal(text) || text.length > LONGEST) return false;
  const unit = numeralOf(text)?.unit;
  if (unit !== undefined && (UNITS.has(unit) || unit.length > 2)) return true;
  return MEASURES.some((measure) => measure.test(inLatinDigits(text)));
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
