import { backends } from "../backend/backends.ts";

/** Options that several commands share. */
export const backendOption = {
  backend: {
    value: ["auto", ...backends.map(({ name }) => name)].join("|"),
    help: "default: auto, the first that works here",
  },
} as const;

export const folderOptions = {
  data: { value: "DIR", help: "data folder (default: $BSS_DATA, else a user cache)" },
  "unverified-data": { help: "accept data files that cannot be checked to be the official ones" },
  results: { value: "DIR", help: "results folder (default: results, in the project)" },
} as const;
