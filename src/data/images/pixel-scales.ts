/** How shades become the numbers that an encoder of one's own reads. */

/** The names of the ways. */
export const pixelScaleNames = ["unit", "signed", "bytes", "imagenet"] as const;
export type PixelScaleName = (typeof pixelScaleNames)[number];

/** A shade v of the c-th colour becomes (v − shift[c]) / scale[c]. */
export interface PixelScale {
  readonly words: string;
  readonly shift: readonly number[];
  readonly scale: readonly number[];
}

const same = (value: number): readonly number[] => [value, value, value];

/** The means and standard deviations of red, green and blue in ImageNet by which encoders trained on it are fed. */
const [MEAN, DEVIATION] = [
  [0.485, 0.456, 0.406],
  [0.229, 0.224, 0.225],
] as const;

const shades = (shares: readonly number[]): readonly number[] => shares.map((share) => 255 * share);

/** The ways by their names. */
export const pixelScales: Readonly<Record<PixelScaleName, PixelScale>> = {
  unit: { words: "from 0 to 1", shift: same(0), scale: same(255) },
  signed: { words: "from −1 to 1", shift: same(127.5), scale: same(127.5) },
  bytes: { words: "from 0 to 255", shift: same(0), scale: same(1) },
  imagenet: {
    words: "less the mean of ImageNet, in its standard deviations",
    ...{ shift: shades(MEAN), scale: shades(DEVIATION) },
  },
};
