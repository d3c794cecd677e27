/**
 * Reads a small file made by another program. JPEG files (`.jpg`) are from Pillow 11.1
 * (libjpeg-turbo 2.1.5), and `.png` files hold the pixels that Pillow reads from them. They are
 * 64×64 except "small". Arrays are from NumPy.
 */
export async function dataFile(name: string): Promise<Uint8Array<ArrayBuffer>> {
  return await Deno.readFile(new URL(`./files/${name}`, import.meta.url));
}
