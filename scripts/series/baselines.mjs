/** The simple rules of the project, for scripts that judge them on data of their own. */
export { fitPca, pcaResiduals } from "../../dist/baselines/pca.js";
export { auroc } from "../../dist/metrics/auroc.js";
