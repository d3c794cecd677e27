/**
 * Small files made by other programs: images that Pillow 11.1 (libjpeg-turbo 2.1.5) wrote as JPEG
 * (`.jpg`) and what it reads from them (`.png`), 64×64 but for "small", and arrays that NumPy wrote.
 */
export async function dataFile(name: string): Promise<Uint8Array<ArrayBuffer>> {
  return await Deno.readFile(new URL(`./files/${name}`, import.meta.url));
}
