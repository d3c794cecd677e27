/** The libraries that libtensorflow 2.9.1 (of tfjs-node-gpu 4.22.0) opens to use a GPU. */
const LIBRARIES: readonly {
  readonly what: string;
  readonly linux: string;
  readonly windows: string;
  readonly remedy: string;
}[] = [
  {
    what: "NVIDIA driver",
    linux: "libcuda.so.1",
    windows: "nvcuda.dll",
    remedy: "a driver of 460.32 or later, from nvidia.com/drivers or the distribution",
  },
  {
    what: "CUDA 11",
    linux: "libcudart.so.11.0",
    windows: "cudart64_110.dll",
    remedy: "CUDA 11.2, from developer.nvidia.com/cuda-toolkit-archive",
  },
  {
    what: "cuDNN 8",
    linux: "libcudnn.so.8",
    windows: "cudnn64_8.dll",
    remedy: "cuDNN 8.1 for CUDA 11, from developer.nvidia.com/cudnn-archive",
  },
];

/** A library: the file that was opened, or null, and the way to get it. */
export interface CudaFinding {
  readonly what: string;
  readonly file: string | null;
  readonly remedy: string;
}

/**
 * Tries to open the libraries that TensorFlow needs to compute on a GPU.
 *
 * @param open throws if it cannot open the library
 */
export function findCuda(
  open: (name: string) => void = (name) => Deno.dlopen(name, {}).close(),
  os: typeof Deno.build.os = Deno.build.os,
): CudaFinding[] {
  return LIBRARIES.map(({ what, remedy, linux, windows }) => {
    const file = os === "windows" ? windows : linux;
    try {
      open(file);
      return { what, file, remedy };
    } catch {
      return {
        what,
        file: null,
        remedy: `${file} is missing or not on the search path: ${remedy}`,
      };
    }
  });
}
