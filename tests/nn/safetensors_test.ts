import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  decodeSafetensors,
  encodeSafetensors,
  type StoredTensor,
} from "../../lib/nn/safetensors.ts";
import { UserError } from "../../lib/user_error.ts";
import { uniformNumbers } from "../numbers.ts";

/** Makes a file with a given header and eight bytes of data. */
function withHeader(header: string, headerLength = BigInt(header.length)): Uint8Array {
  const bytes = new Uint8Array(8 + header.length + 8);
  new DataView(bytes.buffer).setBigUint64(0, headerLength, true);
  bytes.set(new TextEncoder().encode(header), 8);
  return bytes;
}

const entry = (from: unknown, to: unknown, shape: unknown = [1], dtype = "F32") =>
  JSON.stringify({ dtype, shape, data_offsets: [from, to] });

Deno.test("decodeSafetensors() reads tensors in another order than the header's, and empty ones", () => {
  const bytes = withHeader(`{"b":${entry(4, 8)},"none":${entry(4, 4, [0])},"a":${entry(0, 4)}}`);
  assertEquals([...decodeSafetensors(bytes, "x").tensors.keys()], ["b", "none", "a"]);
});

Deno.test("decodeSafetensors() leaves out PyTorch's counts of batches, and no other whole numbers of 8 bytes", () => {
  const ofName = (name: string) => withHeader(`{"${name}":${entry(0, 8, [], "I64")}}`);
  assertEquals(decodeSafetensors(ofName("bn1.num_batches_tracked"), "x").tensors.size, 0);
  assertThrows(() => decodeSafetensors(ofName("a"), "x"), UserError, '"a" is of type I64');
});

for (
  const [what, header, text] of [
    ["negative offsets", `{"a":${entry(-4, 4, [2])}}`, '"a" has'],
    ["offsets that are no whole numbers", `{"a":${entry(0, 4)},"b":${entry(4.5, 8.5)}}`, '"b" has'],
    [
      "offsets beyond every number",
      `{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,1e400]}}`,
      '"a" has',
    ],
    ["an offset too many", `{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}}`, '"a" has'],
    ["no offsets", `{"a":{"dtype":"F32","shape":[2]}}`, '"a" has'],
    ["a negative shape", `{"a":${entry(0, 8, [-1, -2])}}`, '"a" has'],
    ["a shape that is no list", `{"a":${entry(0, 8, 2)}}`, '"a" has'],
    ["no type", `{"a":{"shape":[2],"data_offsets":[0,8]}}`, '"a" has'],
    ["a number in place of a tensor", `{"a":7}`, '"a" has'],
    ["overlapping tensors", `{"a":${entry(0, 8, [2])},"b":${entry(4, 8)}}`, '"b" begins'],
    ["two tensors in one place", `{"a":${entry(0, 8, [2])},"b":${entry(0, 8, [2])}}`, '"b" begins'],
    ["a gap at its front", `{"a":${entry(4, 8)}}`, '"a" begins'],
    ["a gap in its middle", `{"a":${entry(0, 2, [2], "U8")},"b":${entry(4, 8)}}`, '"b" begins'],
    ["offsets in the wrong order", `{"a":${entry(8, 0, [2])}}`, '"a" of shape'],
    ["a wrong size", `{"a":${entry(0, 8, [3])}}`, '"a" of shape'],
    ["a shape beyond every size", `{"a":${entry(0, 8, Array(99).fill(2 ** 52))}}`, '"a" of shape'],
    ["a tensor beyond its end", `{"a":${entry(0, 12, [3])}}`, '"a" ends'],
    ["a name twice", `{"a":${entry(0, 8, [2])},"\\u0061":${entry(0, 8, [2], "I32")}}`, '"a" twice'],
    ["metadata twice", `{"__metadata__":{},"a":${entry(0, 8, [2])},"__metadata__":{}}`, "twice"],
    ["metadata that are no texts", `{"__metadata__":{"a":1},"b":${entry(0, 8, [2])}}`, "metadata"],
    ["metadata that are no record", `{"__metadata__":[],"b":${entry(0, 8, [2])}}`, "metadata"],
    ["a name that a terminal would obey", `{"\\u001b[2J":7}`, '"\\u001b[2J" has'],
    ["a list as its header", "[]", "not a JSON object"],
    ["null as its header", "null", "not a JSON object"],
    ["no header", "", "not JSON"],
  ]
) {
  Deno.test(`decodeSafetensors() refuses a file with ${what}, naming it and the tensor`, () => {
    const error = assertThrows(
      () => decodeSafetensors(withHeader(header), "w.safetensors"),
      UserError,
      "w.safetensors is not",
    );
    assertStringIncludes(error.message, text);
  });
}

Deno.test("decodeSafetensors() refuses headers longer than the file", () => {
  for (const length of [25n, 2n ** 31n, 2n ** 53n + 1n, 2n ** 63n, 2n ** 64n - 1n]) {
    assertThrows(() => decodeSafetensors(withHeader("{}", length), "w"), UserError, "w is not");
  }
});

Deno.test("decodeSafetensors() takes no text and no nested key for a repeated name", () => {
  const note = `{"a": "b", "a": [{ '`.repeat(100_000);
  const tensor: StoredTensor = { dtype: "F32", shape: [1], data: uniformNumbers(1, "a") };
  const tensors = new Map([["a", tensor], ['dt"ype', tensor]]);
  const content = { tensors, metadata: { a: note, dtype: '\\"a":' } };
  assertEquals(decodeSafetensors(encodeSafetensors(content), "x"), content);
});
