/** What is refused of a model, and loaded where anything may be. It reaches the usual operations, which a bundler so leaves in one piece. */
export { refuseLacking, refuseUnreadBy } from "../train/unread.ts";
export { train } from "./usual.ts";
