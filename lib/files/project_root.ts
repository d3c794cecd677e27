import { fileURLToPath } from "node:url";

/** The folder of the checkout, with lib/, experiments/ and results/. */
export const PROJECT_ROOT = fileURLToPath(new URL("../../", import.meta.url));
