import { readFileSync } from "node:fs";

/** Time one CPU has spent since boot, in clock ticks of 10 ms. */
export type CpuTicks = { user: number; system: number; iowait: number };

/** What the Linux kernel tells about the machine at one moment; counters are totals since boot. */
export type ProcSnapshot = {
  cpus: CpuTicks[];
  contextSwitches: number;
  load1: number;
  memoryUsedKb: number;
  diskReadKb: number;
  diskWrittenKb: number;
  loopbackKb: number;
};

/** Reads all of it now; some 0.3 ms. */
export function readProc(): ProcSnapshot {
  const read = (name: string) => readFileSync(`/proc/${name}`, "latin1");
  return {
    ...parseStat(read("stat")),
    load1: Number(read("loadavg").split(" ", 1)[0]),
    memoryUsedKb: parseMeminfo(read("meminfo")),
    ...parseDiskstats(read("diskstats")),
    ...parseNetDev(read("net/dev")),
  };
}

/** `/proc/stat`: user counts nice too, system counts interrupts and stolen time too. */
export function parseStat(text: string): Pick<ProcSnapshot, "cpus" | "contextSwitches"> {
  const cpus: CpuTicks[] = [];
  let contextSwitches = 0;
  for (const line of text.split("\n")) {
    const [name = "", ...fields] = line.trim().split(/\s+/);
    const at = (index: number) => Number(fields[index] ?? 0);
    if (/^cpu\d+$/.test(name))
      cpus.push({ user: at(0) + at(1), system: at(2) + at(5) + at(6) + at(7), iowait: at(4) });
    if (name === "ctxt") contextSwitches = at(0);
  }
  return { cpus, contextSwitches };
}

/** `/proc/meminfo`: total less available, in KB. */
export function parseMeminfo(text: string): number {
  const value = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+)`, "m").exec(text)?.[1] ?? 0);
  return value("MemTotal") - value("MemAvailable");
}

const wholeDisk = /^(?:sd[a-z]+|vd[a-z]+|xvd[a-z]+|hd[a-z]+|nvme\d+n\d+|mmcblk\d+)$/;

/** `/proc/diskstats`: whole physical disks only, so that a partition is not counted twice; sectors are of 512 bytes. */
export function parseDiskstats(text: string): Pick<ProcSnapshot, "diskReadKb" | "diskWrittenKb"> {
  let diskReadKb = 0;
  let diskWrittenKb = 0;
  for (const line of text.split("\n")) {
    const fields = line.trim().split(/\s+/);
    if (!wholeDisk.test(fields[2] ?? "")) continue;
    diskReadKb += Number(fields[5]) / 2;
    diskWrittenKb += Number(fields[9]) / 2;
  }
  return { diskReadKb, diskWrittenKb };
}

/** `/proc/net/dev`: what was sent on loopback; the same bytes are received there. */
export function parseNetDev(text: string): Pick<ProcSnapshot, "loopbackKb"> {
  const line = text.split("\n").find((each) => each.trimStart().startsWith("lo:"));
  const counters = line?.trim().slice("lo:".length).trim().split(/\s+/) ?? [];
  return { loopbackKb: Number(counters[8] ?? 0) / 1024 };
}
