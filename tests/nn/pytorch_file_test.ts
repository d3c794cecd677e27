import { assertEquals } from "@std/assert";
import { zipSync } from "fflate";
import {
  Call,
  FOUR,
  makePickle,
  makePytorchFile,
  Named,
  Opcodes,
  Persistent,
  tensor,
  type TensorSource,
} from "./make_pytorch_file.ts";
import { assertRefused } from "./assert_refused_file.ts";
import { decodePytorchFile } from "../../lib/nn/pytorch_file.ts";

const dict = (entries: Readonly<Record<string, unknown>>) => new Map(Object.entries(entries));
const decode = (content: unknown, storages?: Parameters<typeof makePytorchFile>[1]) =>
  decodePytorchFile(makePytorchFile(content, storages), "w.pth");

Deno.test("decodePytorchFile() reads a file that PyTorch 2.6 wrote", async () => {
  const bytes = await Deno.readFile(new URL("files/small.pth", import.meta.url));
  const tensors = decodePytorchFile(bytes, "small.pth");
  const thirds = Float32Array.from({ length: 24 }, (_, k) => k / 3);
  const rounded = (bits: number) =>
    thirds.map((value) => {
      const unit = 2 ** (Math.floor(Math.log2(value || 1)) - bits);
      return Math.round(value / unit) * unit;
    });
  const expected: [string, number[], ArrayLike<number>][] = [
    ["0.weight", [3], [1, 1, 1]],
    ["0.bias", [3], [0, 0, 0]],
    ["0.running_mean", [3], [0, 0, 0]],
    ["0.running_var", [3], [1, 1, 1]],
    ["first", [2, 3], thirds.subarray(0, 6)],
    ["rest", [18], thirds.subarray(6)],
    ["half", [24], rounded(10)],
    ["bfloat", [2, 3, 4], rounded(7)],
    ["scalar", [], [-0]],
  ];
  assertEquals(
    [...tensors],
    expected.map(([name, shape, data]) => [
      name,
      { dtype: "F32", shape, data: Float32Array.from(data) },
    ]),
  );
});

Deno.test("decodePytorchFile() finds a state dict in the dictionaries of training scripts", () => {
  const weights = { "conv1.weight": tensor({ shape: [2, 2], strides: [2, 1] }) };
  const counted = { ...weights, "bn1.num_batches_tracked": tensor({ type: "LongStorage" }) };
  const parallel = { "module.conv1.weight": weights["conv1.weight"] };
  for (const state of [weights, counted, parallel]) {
    const contents = ["net", "state_dict", "model", "model_state_dict"].map((key) =>
      dict({ epoch: 3, [key]: dict(state), optimizer: dict({ "0": tensor({ offset: 1 }) }) })
    );
    for (const content of [dict(state), ...contents]) {
      assertEquals([...decode(content)], [
        ["conv1.weight", { dtype: "F32", shape: [2, 2], data: FOUR }],
      ]);
    }
  }
});

Deno.test("decodePytorchFile() reads parameters, parts of storages, and every float32 bit for bit", () => {
  const bits = Uint32Array.of(0x80000000, 1, 0x7f7fffff, 0x7fc00001, 0xff800000, 0x3dcccccd);
  const place = { key: "17", size: 6, strides: [1] };
  const content = dict({
    b: new Call("torch._utils._rebuild_parameter", [
      tensor({ ...place, offset: 2, shape: [4] }),
      true,
      new Call("collections.OrderedDict", []),
    ]),
    a: tensor({ ...place, shape: [2] }),
    one: tensor({ key: "1", size: 1, shape: [1, 1, 1], strides: [7, 0, 1] }),
    none: tensor({ key: "2", size: 0, shape: [0] }),
  });
  const tensors = decode(content, { 17: bits, 1: Float32Array.of(5), 2: new Uint8Array() });
  const bitsOf = (name: string) => [...new Uint32Array(tensors.get(name)!.data.slice().buffer)];
  assertEquals([...bitsOf("a"), ...bitsOf("b")], [...bits]);
  assertEquals([...tensors.get("one")!.data], [5]);
  assertEquals(tensors.get("none")!.data.length, 0);
});

Deno.test("decodePytorchFile() makes float32 of every half and bfloat16", () => {
  const halves = Uint16Array.of(0, 0x8000, 1, 0x03ff, 0x3c00, 0x7bff, 0x7c00, 0xfc00);
  const place = { size: halves.length, shape: [halves.length] };
  const content = dict({
    half: tensor({ ...place, type: "HalfStorage" }),
    bfloat: tensor({ ...place, type: "BFloat16Storage", key: "1" }),
  });
  const tensors = decode(content, { 0: halves, 1: halves });
  assertEquals([...tensors.get("half")!.data], [
    ...[0, -0, 2 ** -24, 1023 * 2 ** -24, 1, 65504, Infinity, -Infinity],
  ]);
  const [, , smallest, , one] = tensors.get("bfloat")!.data;
  assertEquals([smallest, one], [2 ** -133, 2 ** -7]);
});

for (
  const [type, name] of [["Double", "float64"], ["Long", "int64"], ["Byte", "uint8"]] as const
) {
  Deno.test(`decodePytorchFile() refuses a weight of type ${name} by its name`, () => {
    const size = name === "uint8" ? 16 : 2;
    const content = dict({ a: tensor({ type: `${type}Storage`, size, shape: [size] }) });
    assertRefused(makePytorchFile(content), `tensor "a" is ${name} instead of float32`);
  });
}

for (
  const name of [
    "os.system",
    "posix.system",
    "builtins.eval",
    "__builtin__.getattr",
    "subprocess.Popen",
    "torch.load",
    "torch.hub.load",
    "torch._utils._rebuild_tensor_v3",
    "torch.storage._load_from_bytes",
    "__main__.ResNet",
    "argparse.Namespace",
    "numpy.core.multiarray.scalar",
    "collections.OrderedDict.fromkeys",
    "__proto__.constructor",
    "os.\u001b[2J",
  ]
) {
  Deno.test(`decodePytorchFile() refuses Python's ${JSON.stringify(name)} by its name`, () => {
    const shown = name.replace("\u001b", "\\u001b");
    for (const value of [new Named(name), new Call(name, ["rm -rf /"])]) {
      const content = dict({ state_dict: dict({ a: tensor() }), extra: value });
      assertRefused(makePytorchFile(content), `it needs Python's ${shown}, and not only tensors`);
    }
  });
}

for (
  const [what, opcodes, reason] of [
    ["instances of classes (INST)", "(ios\nsystem\n", "opcode 0x69"],
    ["instances of classes (OBJ)", "(cos\nsystem\no", "Python's os.system"],
    ["instances of classes (NEWOBJ)", ")\x81", "opcode 0x81"],
    ["a global from the stack (STACK_GLOBAL)", "X\x02\0\0\0osX\x06\0\0\0system\x93", "0x93"],
    ["an extension (EXT1)", "\x82\x01", "opcode 0x82"],
    ["a text as persistent id (PERSID)", "P0\n", "opcode 0x50"],
    ["a call of a text", "X\x01\0\0\0a)R", "calls something that is no function"],
    ["a call of a type of numbers", "ctorch\nFloatStorage\n)R", "calls something"],
    ["a call without a tuple", "ccollections\nOrderedDict\nNR", "calls something"],
    ["attributes of a list", "]Nb", "something that is no dict"],
    ["values set in a tuple", ")NNs", "something that is no dict"],
    ["values appended to a dict", "}Na", "something that is no list"],
    ["a tuple of more values than there are", "\x87", "a value that is not there"],
    ["a mark that is missing", "t", "a value that is not there"],
    ["a memory that is empty", "h\x05", "a value that is not there"],
    ["a text of 4 GiB", "X\xff\xff\xff\xff", "ends too early"],
    ["a global without an end", "cos", "ends too early"],
  ]
) {
  Deno.test(`decodePytorchFile() refuses a pickle with ${what}`, () => {
    assertRefused(makePytorchFile(new Opcodes(opcodes)), reason);
  });
}

Deno.test("decodePytorchFile() refuses a pickle that breaks off, wherever it does", () => {
  const pickle = makePickle(dict({ state_dict: dict({ a: tensor() }), "é": null, b: true }));
  for (let length = 0; length < pickle.length; length++) {
    const parts = { "archive/data.pkl": pickle.subarray(0, length) };
    assertRefused(zipSync(parts, { level: 0 }), "its pickle");
  }
});

Deno.test("decodePytorchFile() does not hang on a dictionary that holds itself, or on many arguments", () => {
  const itself = new Opcodes("}q\x00X\x03\0\0\0neth\x00s");
  assertRefused(makePytorchFile(itself), 'its "net" is not a tensor');
  const values = Array.from({ length: 500_000 }, () => true);
  const call = new Call("collections.OrderedDict", values);
  assertEquals(decode(dict({ net: dict({ a: tensor() }), more: call })).size, 1);
});

for (
  const [what, content, reason] of [
    ["a list", [], "no dictionary of tensors"],
    ["nothing", null, "no dictionary of tensors"],
    ["a tensor", tensor(), "no dictionary of tensors"],
    ["a dictionary of unknown names", dict({ weights: dict({}) }), 'its "weights" is not a tensor'],
    ["a number among the weights", dict({ net: dict({ a: 1 }) }), 'its "a" is not a tensor'],
    ["a number as a name", dict({ net: new Map([[7, tensor()]]) }), 'its "7" is not a tensor'],
    ["two networks", dict({ net: dict({}), model: dict({}) }), "several networks: net, model"],
  ] satisfies [string, unknown, string][]
) {
  Deno.test(`decodePytorchFile() refuses a file with ${what}`, () => {
    assertRefused(makePytorchFile(content), reason);
  });
}

const beyond = 'tensor "a" of shape';
const described = 'tensor "a" is not described';
const order = "are not in order";
for (
  const [what, source, reason] of [
    ["more values than its storage", { shape: [5] }, beyond],
    ["values after its storage", { offset: 1 }, beyond],
    ["more values than there can be", { shape: [2 ** 50, 1], strides: [1, 1] }, beyond],
    ["one value many times", { shape: [2 ** 30], strides: [0] }, order],
    ["columns in place of rows", { shape: [2, 2], strides: [1, 2] }, order],
    ["too few strides", { shape: [1, 4], strides: [1] }, order],
    ["too many strides", { shape: [4], strides: [4, 1] }, order],
    ["an offset below 0", { offset: -1 }, described],
    ["an offset that is no number", { offset: "0" }, described],
    ["an extent below 0", { shape: [-4] }, described],
    ["a shape that is no tuple", { shape: 4 }, described],
    ["strides that are no tuple", { strides: null }, described],
    ["a size below 0", { size: -4 }, described],
    ["a key that is no text", { key: 0 }, described],
    [
      "a size other than its storage's",
      { size: 5 },
      'storage "0" of tensor "a" has 16 bytes, but 5',
    ],
    ["a size of every byte there is", { size: 2 ** 52 }, "has 16 bytes"],
    ["a storage that is not there", { key: "1" }, 'storage "1" of tensor "a" has no bytes'],
    ["a storage in another folder", { key: "../data.pkl" }, "has no bytes"],
    ["a storage in the root", { key: "/etc/passwd" }, "has no bytes"],
    ["a storage named like a method", { key: "constructor" }, "has no bytes"],
  ] satisfies [string, TensorSource, string][]
) {
  Deno.test(`decodePytorchFile() refuses a tensor with ${what}`, () => {
    assertRefused(makePytorchFile(dict({ a: tensor(source) })), reason);
  });
}

Deno.test("decodePytorchFile() refuses a storage that is no storage", () => {
  const rebuilt = (storage: unknown) =>
    dict({ a: new Call("torch._utils._rebuild_tensor_v2", [storage, 0, [4], [1]]) });
  const type = new Named("torch.FloatStorage");
  const foreign = new Named("collections.OrderedDict");
  for (
    const storage of [
      null,
      new Persistent("storage"),
      new Persistent(["module", type, "0", "cpu", 4]),
      new Persistent(["storage", foreign, "0", "cpu", 4]),
      new Persistent(["storage", type, "0", "cpu"]),
    ]
  ) {
    assertRefused(makePytorchFile(rebuilt(storage)), described);
  }
  assertRefused(
    makePytorchFile(dict({ a: new Call("torch._utils._rebuild_tensor_v2", []) })),
    described,
  );
});

Deno.test("decodePytorchFile() refuses tensors that share values", () => {
  const half = { shape: [2], strides: [1] };
  const overlapping: [TensorSource, TensorSource][] = [
    [{}, {}],
    [{ ...half, offset: 1 }, half],
    [{}, { ...half, offset: 2 }],
  ];
  for (const [a, b] of overlapping) {
    const content = dict({ a: tensor(a), b: tensor(b) });
    assertRefused(makePytorchFile(content), "shares values with another one");
  }
  const apart = dict({ a: tensor({ ...half, offset: 2 }), b: tensor(half) });
  assertEquals([...decode(apart).get("a")!.data], [...FOUR.subarray(2)]);
});
