/** A text with its line breaks as spaces. */
export const oneLine = (text: string): string => text.trim().replace(/\s*\n\s*/g, " ");
