/** One colour on light and on dark paper. */
interface Shade {
  readonly light: string;
  readonly dark: string;
}

/**
 * Every colour of a report. Found, missed and false alarms differ in lightness as well as in hue (after Okabe and Ito,
 * *Color Universal Design*), and are told apart by outline or sign too.
 */
const palette = {
  paper: { light: "#fbfaf7", dark: "#14171c" },
  card: { light: "#ffffff", dark: "#1b1f26" },
  ink: { light: "#1a212a", dark: "#e9ebee" },
  soft: { light: "#5b6471", dark: "#a3acb9" },
  line: { light: "#e3e1da", dark: "#333a45" },
  series: { light: "#0b66a0", dark: "#62b9f0" },
  second: { light: "#a15c00", dark: "#eab04c" },
  found: { light: "#007a59", dark: "#35cf9f" },
  missed: { light: "#c5420a", dark: "#ff8c57" },
  alarm: { light: "#6f7682", dark: "#aab2bf" },
} as const satisfies Record<string, Shade>;

export type ColourName = keyof typeof palette;

/** A colour for use in a picture: it follows the reader's mode. */
export const colour = (name: ColourName): string => `var(--${name})`;

/** The declarations of all colours, light first, dark where the reader prefers it. */
export function colourVariables(): string {
  const declare = (mode: keyof Shade) =>
    Object.entries(palette)
      .map(([name, shade]) => `--${name}:${shade[mode]}`)
      .join(";");
  return `:root{color-scheme:light dark;${declare("light")}}@media(prefers-color-scheme:dark){:root{${declare("dark")}}}`;
}

/** Markup with colours written out as on light paper, for programs that know no CSS variables. */
export function withLiteralColours(markup: string): string {
  const literal = (whole: string, name: string) => (isColour(name) ? palette[name].light : whole);
  return markup.replace(/<[^<>]+>/g, (tag) => tag.replace(/(?<==")var\(--([a-z]+)\)(?=")/g, literal));
}

const isColour = (name: string): name is ColourName => Object.hasOwn(palette, name);

/** Readable on light and on dark paper alike; lightness rises with time. */
const TIME_STOPS: readonly (readonly [number, number, number])[] = [
  [106, 90, 205],
  [205, 84, 130],
  [235, 166, 60],
];

/**
 * The colour of a moment in a path that is coloured by time.
 *
 * @param share 0 at the start, 1 at the end.
 * @example
 * timeColour(0); // "#6a5acd"
 */
export function timeColour(share: number): string {
  const place = Math.min(Math.max(share, 0), 1) * (TIME_STOPS.length - 1);
  const index = Math.min(Math.floor(place), TIME_STOPS.length - 2);
  const [from, to] = [TIME_STOPS[index]!, TIME_STOPS[index + 1]!];
  const channels = from.map((value, i) => Math.round(value + (to[i]! - value) * (place - index)));
  return `#${channels.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}
