/**
 * Schemas: zod by functions (`zod/mini`), which a browser loads as far as they are used, where the methods of `zod` come
 * all or none. Its messages are English, as those of `zod` are.
 */
import * as z from "zod/mini";
import en from "zod/v4/locales/en.js";

z.config(en());

export * from "zod/mini";
