import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseDiskstats, parseMeminfo, parseNetDev, parseStat } from "../../src/telemetry/proc.ts";

// Lines as Linux 6.1 writes them; the numbers are chosen so that no two sums agree.
const stat = `cpu  330 44 550 66000 770 8 9 10 0 0
cpu0 100 20 300 40000 500 1 2 3 0 0
cpu1 230 24 250 26000 270 7 7 7 0 0
intr 123456 0 9 0
ctxt 987654
btime 1700000000
procs_running 2
`;

const diskstats = `   7       0 loop0 11 0 22 0 33 0 44 0 0 0 0
 254       0 vda 37607 10881 2835130 26645 71861 28836 6692480 48838 0 21188 77159 9729 53 557968 1349 7906 325
 254       1 vda1 37000 10000 2800000 26000 71000 28000 6600000 48000 0 21000 77000
 259       0 nvme0n1 5 0 1000 0 6 0 3000 0 0 0 0
 259       1 nvme0n1p1 5 0 900 0 6 0 2900 0 0 0 0
 253       0 zram0 9 0 9 0 9 0 9 0 0 0 0
`;

const netDev = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo: 3072 29 0 0 0 0 0 0 5120 29 0 0 0 0 0 0
  eth0: 471512408 10859 0 0 0 0 0 0 675053 6911 0 0 0 0 0 0
`;

const meminfo = `MemTotal:       24684260 kB
MemFree:        20000000 kB
MemAvailable:   24000000 kB
SwapTotal:             0 kB
`;

describe("what the kernel tells", () => {
  test("ticks per CPU, without the line of the sum, and context switches", () => {
    expect(parseStat(stat)).toEqual({
      cpus: [
        { user: 120, system: 306, iowait: 500 },
        { user: 254, system: 271, iowait: 270 },
      ],
      contextSwitches: 987654,
    });
  });

  test("whole disks in KB, without partitions, loop and memory devices", () => {
    expect(parseDiskstats(diskstats)).toEqual({
      diskReadKb: (2835130 + 1000) / 2,
      diskWrittenKb: (6692480 + 3000) / 2,
    });
  });

  test("KB sent on loopback", () => {
    expect(parseNetDev(netDev)).toEqual({ loopbackKb: 5 });
    expect(parseNetDev(netDev.replace("lo: 3072", "lo:3072"))).toEqual({ loopbackKb: 5 });
  });

  test("memory in use is the total less the available", () => {
    expect(parseMeminfo(meminfo)).toBe(684260);
  });

  test("any number of CPUs", () => {
    const ticks = fc.array(fc.nat(), { minLength: 10, maxLength: 10 });
    fc.assert(
      fc.property(fc.array(ticks, { maxLength: 130 }), (machine) => {
        const text = machine.map((cpu, index) => `cpu${index} ${cpu.join(" ")}`).join("\n");
        const { cpus } = parseStat(`cpu  1 2 3 4 5 6 7 8 9 10\n${text}\nctxt 5\n`);
        expect(cpus).toHaveLength(machine.length);
        for (const [index, { user, iowait }] of cpus.entries()) {
          expect(user).toBe((machine[index]?.[0] ?? 0) + (machine[index]?.[1] ?? 0));
          expect(iowait).toBe(machine[index]?.[4]);
        }
      }),
    );
  });

  test("no text breaks the readers", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(parseStat(text).cpus).toBeInstanceOf(Array);
        expect(parseDiskstats(text)).toHaveProperty("diskReadKb");
        expect(parseNetDev(text)).toHaveProperty("loopbackKb");
        expect(parseMeminfo(text)).toBeTypeOf("number");
      }),
    );
  });
});
