/** Whether pictures are in shades of grey or in colours. */
export const colourNames = ["grey", "colour"] as const;
/** Whether pictures are in shades of grey or in colours. */
export type ColourName = (typeof colourNames)[number];
