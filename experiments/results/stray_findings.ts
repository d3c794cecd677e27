import type { Finding } from "./finding.ts";

/**
 * What runners that were killed have left beside the results: weights of students that no run ended
 * in, and checkpoints of runs that are finished.
 *
 * @param files all below the results folder, relative to it
 * @param names of the results that are there
 */
export function strayFindings(files: readonly string[], names: readonly string[]): Finding[] {
  const isRun = (name: string) => names.includes(`runs/${name}`);
  const finished = files.flatMap((file) => /^checkpoints\/([^/]+)\//.exec(file)?.slice(1) ?? [])
    .filter(isRun);
  return [
    ...files.filter((file) => {
      const [, name] = /^students\/(.+)$/.exec(file) ?? [];
      // Half of a file is told of, and removed, by the folder itself.
      return name !== undefined && !name.endsWith(".tmp") &&
        !isRun(name.replace(/\.safetensors$/, ""));
    }).map((file): Finding => ({
      file,
      kind: "unlisted",
      message: "there is no run of that name, so nothing reads it; unless a run is just being " +
        "written it can be deleted",
    })),
    ...[...new Set(finished)].map((name): Finding => ({
      file: `checkpoints/${name}`,
      kind: "unlisted",
      message: "that run is finished, so nothing reads them; they can be deleted",
    })),
  ];
}
