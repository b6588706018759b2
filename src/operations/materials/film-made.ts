/** Films of frames as files. */
import { FILM_RATE, gifOf } from "../../data/images/film.ts";
import type { Picture } from "../../data/images/picture.ts";
import type { Context } from "../context.ts";
import type { FileMade } from "../event.ts";
import { filesOf } from "../usual.ts";

/** Whether a name is that of a film. */
export const isFilm = (path: string): boolean => /\.(gif|mp4)$/i.test(path);

/** A film as a file of the kind that its name says. */
export const filmMade = (context: Context, path: string, film: () => readonly Picture[]): FileMade => ({
  path,
  content: () =>
    path.toLowerCase().endsWith(".gif") ? gifOf(film(), FILM_RATE) : filesOf(context).mp4(film(), FILM_RATE),
});
