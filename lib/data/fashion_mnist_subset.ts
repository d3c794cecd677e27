import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { DataSource } from "./data_source.ts";
import type { Dataset } from "./dataset.ts";
import {
  decodeFashionMnist,
  FASHION_MNIST_FILES,
  type FashionMnistContent,
  type FashionMnistFile,
  LARGEST_FASHION_MNIST_FILE,
} from "./decode_fashion_mnist.ts";
import { gunzip } from "./idx.ts";
import { readDataFile } from "./read_data_file.ts";
import { sha256 } from "../files/sha256.ts";
import { UserError } from "../user_error.ts";

/** Folder of the four files, independent of the working directory. */
export const EMBEDDED_FOLDER = fileURLToPath(
  new URL("./embedded/fashion-mnist-subset", import.meta.url),
);

/** SHA-256 of each embedded file, printed by `embedded/make_fashion_mnist_subset.ts`. */
const CHECKSUMS: Readonly<Record<FashionMnistFile, string>> = {
  "train-images-idx3-ubyte.gz": "cfb78e27363274071ae73af53c03c55220e9980deac7f7a5931d2372308a61bc",
  "train-labels-idx1-ubyte.gz": "6d5f1ae86a2399a0f2d1aae475d39d8367a73d801147b510e9266a8661779c3f",
  "t10k-images-idx3-ubyte.gz": "10cd6ff98b6dbfe1fc78982f670ada4c60c8845ad7316b8f7c938c7b2dc0c711",
  "t10k-labels-idx1-ubyte.gz": "4f81dd80fbbee90c38545ee999e120b1c191bf127f0aa516f21ef7e023d316a9",
};

const REMEDY = "get it back with git checkout";

/**
 * 5,000 + 1,000 images of Fashion-MNIST that come with the project, the same number of each class.
 */
export const fashionMnistSubset: DataSource = {
  name: "fashion-mnist-subset",
  title: "5,000 + 1,000 images of Fashion-MNIST, padded to 32×32 (embedded)",
  load: () => loadFashionMnistSubset(EMBEDDED_FOLDER),
};

/** @throws UserError naming a file that is missing or differs from the committed one */
export async function loadFashionMnistSubset(folder: string): Promise<Dataset> {
  const contents = {} as Record<FashionMnistFile, FashionMnistContent>;
  for (const name of FASHION_MNIST_FILES) {
    const file = join(folder, name);
    const compressed = await readDataFile(file, REMEDY);
    if (sha256(compressed) !== CHECKSUMS[name]) {
      throw new UserError(`${file} is not as it was committed; ${REMEDY}`);
    }
    contents[name] = { file, bytes: gunzip(compressed, file, LARGEST_FASHION_MNIST_FILE) };
  }
  const { name, title } = fashionMnistSubset;
  return decodeFashionMnist(contents, { name, title, provenance: "embedded" });
}
