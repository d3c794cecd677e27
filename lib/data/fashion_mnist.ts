import { join } from "node:path";
import {
  dataFolder,
  type DataOptions,
  type DataSource,
  DOWNLOAD_REMEDY,
  requireAccepted,
} from "./data_source.ts";
import type { Dataset } from "./dataset.ts";
import {
  decodeFashionMnist,
  FASHION_MNIST_FILES,
  type FashionMnistContent,
  type FashionMnistFile,
  LARGEST_FASHION_MNIST_FILE,
} from "./decode_fashion_mnist.ts";
import { download } from "./download.ts";
import { gunzip } from "./idx.ts";
import { readDataFile } from "./read_data_file.ts";
import { exists } from "../files/exists.ts";
import { sha256 } from "../files/sha256.ts";

/** The sources of the files if the data folder has none. */
interface FashionMnistPlaces {
  /** A folder of the operating system, used if it exists. */
  readonly system: string;
  /** The address to download from otherwise; ends with a slash. */
  readonly url: string;
  /** Milliseconds to wait before each further try of a download. */
  readonly pauses?: readonly number[];
}

const PLACES: FashionMnistPlaces = {
  // Debian's package dataset-fashion-mnist
  system: "/usr/share/datasets/fashion-mnist",
  url: "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
};

/**
 * Each official file's MD5, published by its makers, its size, and the SHA-256 of its uncompressed
 * content. Distributors such as Debian compress the files again, so the content decides whether
 * files are the official ones.
 */
const OFFICIAL: Readonly<
  Record<FashionMnistFile, { md5: string; size: number; content: string }>
> = {
  "train-images-idx3-ubyte.gz": {
    md5: "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
    size: 26_421_880,
    content: "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
  },
  "train-labels-idx1-ubyte.gz": {
    md5: "25c81989df183df01b3e8a0aad5dffbe",
    size: 29_515,
    content: "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
  },
  "t10k-images-idx3-ubyte.gz": {
    md5: "bef4ecab320f06d8554ea6380940ec79",
    size: 4_422_102,
    content: "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
  },
  "t10k-labels-idx1-ubyte.gz": {
    md5: "bb300cfdad3c16e7a12a480ee83cd310",
    size: 5148,
    content: "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
  },
};

/** All 60,000 + 10,000 images of Fashion-MNIST. */
export const fashionMnist: DataSource = {
  name: "fashion-mnist",
  title: "Fashion-MNIST (Xiao et al. 2017), padded to 32×32",
  load: (options) => loadFashionMnist(options, PLACES),
};

/** Loads Fashion-MNIST from the data folder, else from the system's folder, else downloads it. */
export async function loadFashionMnist(
  options: DataOptions,
  places: FashionMnistPlaces,
): Promise<Dataset> {
  const folder = await findFolder(join(dataFolder(options.dataFolder), "fashion-mnist"), places);
  const contents = {} as Record<FashionMnistFile, FashionMnistContent>;
  for (const name of FASHION_MNIST_FILES) {
    const file = join(folder, name);
    const remedy = `put it there, or remove the folder ${folder} to have the files downloaded`;
    contents[name] = {
      file,
      bytes: gunzip(await readDataFile(file, remedy), file, LARGEST_FASHION_MNIST_FILE),
    };
  }
  const official = FASHION_MNIST_FILES.every((name) =>
    sha256(contents[name].bytes) === OFFICIAL[name].content
  );
  const { name, title } = fashionMnist;
  const provenance = official ? "verified" : "unverified copy";
  const dataset = decodeFashionMnist(contents, { name, title, provenance });
  if (!official) requireAccepted(folder, options, DOWNLOAD_REMEDY);
  return dataset;
}

async function findFolder(
  folder: string,
  { system, url, pauses }: FashionMnistPlaces,
): Promise<string> {
  if (!await exists(folder) && await exists(system)) return system;
  for (const name of FASHION_MNIST_FILES) {
    const file = join(folder, name);
    const { md5, size } = OFFICIAL[name];
    if (!await exists(file)) await download({ url: url + name, md5, size, pauses }, file);
  }
  return folder;
}
