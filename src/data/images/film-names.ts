/** How files of moving pictures are called. */
export const GIFS: readonly string[] = [".gif"];
export const VIDEOS: readonly string[] = [".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm", ".mpg", ".mpeg"];
