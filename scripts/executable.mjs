import { chmodSync } from "node:fs";

// The compiler writes plain files; npx runs this one.
chmodSync(new URL("../dist/cli/main.js", import.meta.url), 0o755);
