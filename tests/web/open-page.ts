/** A page that opens runs which were trained elsewhere, when it has to; its bundle is measured. */
import { ComputeWorker } from "vrnn/web/compute";

Object.assign(globalThis, { ComputeWorker, openRun: () => import("vrnn/web/open") });
