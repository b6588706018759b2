/** What is inferred from a table: kinds of columns, the time, gaps, the split; and how to say otherwise. */
import { writeFileSync } from "node:fs";
import { readDataset } from "vrnn/node";

const rows = Array.from({ length: 40 }, (_, hour) => {
  const time = new Date(Date.UTC(2024, 4, 1, hour)).toISOString();
  const load = hour % 7 === 3 ? "n/a" : (50 + 30 * Math.sin(hour / 4)).toFixed(1);
  return [time, load, ["idle", "busy", "down"][hour % 3], hour % 2, (hour * 5) % 4, "v1"].join(",");
});
writeFileSync("hours.csv", ["time,load,state,alarm,errors,version", ...rows].join("\n"));

const data = readDataset("hours.csv", { kinds: { errors: "count" } });
for (const { name, kind, levels, resolution, missing } of data.columns) {
  const details = [
    levels.join(" "),
    resolution > 0 && `on a grid of ${resolution}`,
    missing > 0 && "with gaps",
  ];
  console.log([name, kind, ...details.filter(Boolean)].join(", "));
}
for (const note of data.notes) console.log(note);
for (const [split, sequences] of Object.entries(data.splits))
  console.log(`${split}: ${sequences.map(({ length }) => length).join(" + ")} steps`);
