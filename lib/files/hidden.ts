import { UserError } from "../user_error.ts";

/** The environment variable that hides parts of a machine. It holds comma-separated names. */
export const HIDING = "BSS_WITHOUT";

/** The parts of a machine that can be hidden, with descriptions. */
export const HIDEABLE = {
  tensorflow: "TensorFlow's C library",
  onednn: "the oneDNN library",
  webgpu: "every GPU and driver that WebGPU finds",
  chromium: "Chromium",
  jupyter: "JupyterLab and Jupyter's servers",
  python: "python3, and with it nbclient, PyTorch and pyarrow",
  slurm: "Slurm",
  jsr: "the JSR registry",
} as const;

export type Part = keyof typeof HIDEABLE;

/** The names of the browsers that can draw pictures, first choice first. */
export const BROWSERS = ["chromium", "chromium-browser", "google-chrome"];

/** The programs of each part. */
const PROGRAMS: Partial<Record<Part, readonly string[]>> = {
  chromium: BROWSERS,
  jupyter: ["jupyter-lab", "jupyter-notebook", "jupyter-server"],
  python: ["python3"],
  slurm: ["sbatch", "squeue"],
};

/**
 * Reads which parts `$BSS_WITHOUT` hides. The machine then behaves like one that lacks them.
 *
 * @throws UserError that lists the valid parts if it names another
 */
export function hiddenParts(text: string = Deno.env.get(HIDING) ?? ""): Part[] {
  const parts = text.split(",").map((part) => part.trim()).filter(Boolean);
  const unknown = parts.find((part) => !Object.hasOwn(HIDEABLE, part));
  if (unknown === undefined) return parts as Part[];
  throw new UserError(
    `"${unknown}" cannot be hidden; ${HIDING} takes ${Object.keys(HIDEABLE).join(", ")}`,
  );
}

/** True if `$BSS_WITHOUT` names the part. */
export function isHidden(part: string): boolean {
  return hiddenParts().some((hidden) => hidden === part);
}

/** True if a program belongs to a hidden part. */
export function isHiddenProgram(program: string): boolean {
  return hiddenParts().some((part) => PROGRAMS[part]?.includes(program));
}
