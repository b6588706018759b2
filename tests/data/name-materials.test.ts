import { expect, test } from "vitest";
import { GIFS, VIDEOS } from "../../src/data/images/film-names.ts";
import { materialsOfName } from "../../src/data/name-materials.ts";

test("files of moving pictures hold frames, as what reads them knows", () => {
  expect([...GIFS, ...VIDEOS]).toEqual(expect.arrayContaining([".gif", ".mp4", ".mov", ".webm", ".avi"]));
  for (const ending of [...GIFS, ...VIDEOS]) expect(materialsOfName(`walk${ending}`)).toEqual(["images"]);
  expect(materialsOfName("WALK.MOV")).toEqual(["images"]);
  expect(materialsOfName("walk.unknown")).toBeUndefined();
});
