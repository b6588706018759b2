/** The order of files by their names: the numbers in them count, so that 2.png comes before 10.png. */
const collator = new Intl.Collator("en", { numeric: true });

/** @example ["10.png", "2.png"].sort(byName); // ["2.png", "10.png"] */
export const byName = (a: string, b: string): number => collator.compare(a, b);
