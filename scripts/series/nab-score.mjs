/** The score of the Numenta Anomaly Benchmark, for scripts. */
export { nabAt, nabOptimised, newsOf, probationarySteps } from "../../dist/metrics/nab.js";
