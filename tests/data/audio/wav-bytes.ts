/** WAV files laid out by hand, chunk by chunk. */

export const letters = (text: string): number[] => Array.from(text, (letter) => letter.charCodeAt(0));
export const little = (value: number, bytes: number): number[] =>
  Array.from({ length: bytes }, (_, i) => Math.floor(value / 256 ** i) % 256);

/** A chunk with the byte that pads odd sizes. */
export const chunk = (id: string, content: readonly number[], claimed = content.length): number[] => [
  ...letters(id),
  ...little(claimed, 4),
  ...content,
  ...(content.length % 2 === 1 ? [0] : []),
];

export interface FormatFields {
  readonly tag?: number;
  readonly channels?: number;
  readonly rate?: number;
  readonly bits?: number;
  readonly frame?: number;
}

export function format({
  tag = 1,
  channels = 1,
  rate = 8000,
  bits = 16,
  frame,
}: FormatFields = {}): number[] {
  const size = frame ?? channels * Math.ceil(bits / 8);
  return [
    ...little(tag, 2),
    ...little(channels, 2),
    ...little(rate, 4),
    ...little(rate * size, 4),
    ...little(size, 2),
    ...little(bits, 2),
  ];
}

export const riff = (...chunks: readonly (readonly number[])[]): Uint8Array => {
  const content = [...letters("WAVE"), ...chunks.flat()];
  return Uint8Array.from([...letters("RIFF"), ...little(content.length, 4), ...content]);
};

/** A file of one format and the bytes of its samples. */
export const wavOf = (fields: FormatFields, data: readonly number[], claimed = data.length): Uint8Array =>
  riff(chunk("fmt ", format(fields)), chunk("data", data, claimed));
