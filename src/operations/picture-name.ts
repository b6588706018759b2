/**
 * What a picture is called that is made of something with a name or a path: its last part without the ending, and a number where
 * another is called so already.
 *
 * @example
 * pictureName("b/1.jpg", { "1.png": () => png }); // "1-2.png"
 */
export function pictureName(name: string, taken: Readonly<Record<string, unknown>>, ending = ".png"): string {
  const own = name.replace(/^.*[/\\]/, "").replace(/\.[^.]*$/, "");
  for (let count = 1; ; count++) {
    const file = `${own}${count > 1 ? `-${count}` : ""}${ending}`;
    if (!Object.hasOwn(taken, file)) return file;
  }
}
