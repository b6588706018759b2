/** Has every distribution at hand, for whoever builds models without waiting; a page's worker waits for what is asked for. */
import { provideRare } from "./loaded.ts";
import * as rare from "./rare.ts";

provideRare(rare);
