import { gunzipSync } from "node:zlib";
import { join } from "node:path";
import { dataFolder } from "./data_folder.ts";
import type { DataSource } from "./data_source.ts";
import { download } from "./download.ts";
import { FASHION_MNIST_FILES, readFashionMnist } from "./fashion_mnist_format.ts";
import { exists, readDataFile } from "./read_data_file.ts";
import { requireAccepted } from "./unverified.ts";
import { sha256 } from "../files/sha256.ts";

const URL_BASE = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/";

/** Where Debian's package dataset-fashion-mnist puts the files. */
const DEBIAN_FOLDER = "/usr/share/datasets/fashion-mnist";

/**
 * MD5 of each official file, and SHA-256 of what it holds uncompressed: distributors compress it anew,
 * so that only the content can be told to be the same.
 */
const CHECKSUMS: Record<typeof FASHION_MNIST_FILES[number], { md5: string; content: string }> = {
  "train-images-idx3-ubyte.gz": {
    md5: "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
    content: "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
  },
  "train-labels-idx1-ubyte.gz": {
    md5: "25c81989df183df01b3e8a0aad5dffbe",
    content: "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
  },
  "t10k-images-idx3-ubyte.gz": {
    md5: "bef4ecab320f06d8554ea6380940ec79",
    content: "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
  },
  "t10k-labels-idx1-ubyte.gz": {
    md5: "bb300cfdad3c16e7a12a480ee83cd310",
    content: "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
  },
};

/** All 60,000 + 10,000 images of Fashion-MNIST. */
export const fashionMnist: DataSource = {
  name: "fashion-mnist",
  title: "Fashion-MNIST (Xiao et al. 2017), padded to 32×32",
  async load(options) {
    const folder = await findFolder(join(dataFolder(options.dataFolder), "fashion-mnist"));
    const official = await Promise.all(
      FASHION_MNIST_FILES.map((name) => isOfficial(folder, name)),
    );
    const provenance = official.every(Boolean) ? "verified" : "unverified copy";
    const { name, title } = this;
    const dataset = await readFashionMnist(folder, { name, title, provenance });
    if (provenance !== "verified") requireAccepted(folder, options);
    return dataset;
  },
};

async function findFolder(folder: string): Promise<string> {
  if (!await exists(folder) && await exists(DEBIAN_FOLDER)) return DEBIAN_FOLDER;
  for (const name of FASHION_MNIST_FILES) {
    const file = join(folder, name);
    if (await exists(file)) continue;
    await download({ url: URL_BASE + name, md5: CHECKSUMS[name].md5, file });
  }
  return folder;
}

async function isOfficial(
  folder: string,
  name: typeof FASHION_MNIST_FILES[number],
): Promise<boolean> {
  const bytes = await readDataFile(join(folder, name));
  try {
    return sha256(gunzipSync(bytes)) === CHECKSUMS[name].content;
  } catch {
    return false; // cannot be decompressed: reading it says so
  }
}
