import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout's folder, which holds lib/, experiments/ and results/. */
export const PROJECT_ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** The project's results folder, the default of commands and notebooks. */
export const RESULTS = join(PROJECT_ROOT, "results");
