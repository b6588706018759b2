/** A page that leaves everything to its worker; its bundle is measured. */
import { ComputeWorker } from "vrnn/web/compute";

Object.assign(globalThis, { ComputeWorker });
