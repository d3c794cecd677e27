import { zipSync } from "fflate";

/** Makes a .zip of a folder with files. Their names may contain subfolders with slashes. */
export function makeZip(
  folderName: string,
  files: Readonly<Record<string, Uint8Array>>,
): Uint8Array<ArrayBuffer> {
  const entries = Object.entries(files).map(([name, bytes]) => [`${folderName}/${name}`, bytes]);
  // Like the official archives, the zip also has an entry for the folder.
  return new Uint8Array(
    zipSync({ [`${folderName}/`]: new Uint8Array(), ...Object.fromEntries(entries) }),
  );
}
