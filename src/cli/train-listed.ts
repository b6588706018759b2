/** Which options of training are listed: those that can have an effect, as far as what was said tells. */
import { materialsOfName } from "../data/name-materials.ts";
import { familyNamed, loadFamily } from "../models/loading.ts";
import { objectiveFacts, objectiveNames, readersOf } from "../objectives/loading.ts";
import { learnerReads } from "../train/learner-names.ts";
import type { Listed, Said } from "./listed.ts";

/**
 * @throws VrnnError `options/invalid` for a family that nobody knows
 * @example
 * const isListed = await listedFor({ words: { family: "hmm" }, path: "load.csv" });
 * isListed(["training", "dropout"], { needs: "dropoutSites" }); // false
 */
export async function listedFor({ words, path }: Said): Promise<Listed> {
  const family = await loadFamily(familyNamed(words["family"] ?? "vrnn"));
  const { has } = family;
  const held = (path === undefined ? undefined : materialsOfName(path)) ?? family.materials;
  const materials = held.filter((material) => family.materials.includes(material));
  const possible = objectiveNames.filter((name) => {
    const { needs } = objectiveFacts[name];
    return needs === undefined || has.includes(needs);
  });
  const asked = possible.filter((name) => words["objective"] === undefined || words["objective"] === name);
  const reads = (learnerReads as Readonly<Record<string, readonly string[]>>)[words["learner"] ?? "gradient"];
  const isRead = (key: string): boolean => {
    if (reads !== undefined && !reads.includes(key)) return false;
    if (key === "learner") return family.learners.length > 1;
    if (key === "objective") return possible.length > 1;
    const readers = readersOf(key);
    return readers.length === 0 || readers.some((name) => asked.includes(name));
  };
  return ([section, key], { needs, materials: about }) =>
    (needs === undefined || has.includes(needs)) &&
    (about === undefined || about.some((material) => materials.includes(material))) &&
    (section !== "training" || key === undefined || isRead(key));
}
