import { fileURLToPath } from "node:url";

/** The checkout's folder, which holds lib/, experiments/ and results/. */
export const PROJECT_ROOT = fileURLToPath(new URL("../../", import.meta.url));
