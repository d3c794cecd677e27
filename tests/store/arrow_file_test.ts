import { assert, assertEquals, assertThrows } from "@std/assert";
import { float32, tableFromArrays, tableToIPC } from "@uwdata/flechette";
import {
  type Columns,
  completeRows,
  decodeArrow,
  encodeArrow,
  type Row,
} from "../../lib/store/arrow_file.ts";
import { UserError } from "../../lib/user_error.ts";

const COLUMNS: Columns = { method: "utf8", accuracy: "float64", epoch: "int32" };

function assertRoundTrip(rows: Row[], metadata: Record<string, string> = {}): void {
  assertEquals(decodeArrow(encodeArrow(COLUMNS, rows, metadata)), {
    columns: COLUMNS,
    rows,
    metadata,
  });
}

Deno.test("encodeArrow() and decodeArrow() keep rows, the order of columns, and metadata", () => {
  assertRoundTrip(
    [
      { method: "bss", accuracy: 86.51, epoch: 1 },
      { method: "hinton", accuracy: 0.1 + 0.2, epoch: -(2 ** 31) },
    ],
    { seed: "1", specification: '{"student":"resnet8"}' },
  );
});

Deno.test("encodeArrow() and decodeArrow() keep a table without rows", () => {
  assertRoundTrip([], { seed: "1" });
});

Deno.test("encodeArrow() and decodeArrow() keep nulls of every type, and tell them from NaN", () => {
  assertRoundTrip([
    { method: null, accuracy: null, epoch: null },
    { method: "", accuracy: NaN, epoch: 0 },
    { method: "fitnet", accuracy: -Infinity, epoch: 7 },
  ]);
});

Deno.test("encodeArrow() and decodeArrow() keep a column of nulls alone", () => {
  assertRoundTrip(Array(70).fill({ method: null, accuracy: null, epoch: null }));
});

Deno.test("encodeArrow() and decodeArrow() keep any Unicode text", () => {
  assertRoundTrip([
    { method: "Ünïcödé 決定境界 🐸 \0 \n", accuracy: 1, epoch: 1 },
  ], { "名前": "é" });
});

Deno.test("encodeArrow() writes the file format, which other readers can map into memory", () => {
  const bytes = encodeArrow(COLUMNS, [], {});
  assertEquals(new TextDecoder().decode(bytes.subarray(0, 6)), "ARROW1");
  assertEquals(new TextDecoder().decode(bytes.subarray(-6)), "ARROW1");
});

Deno.test("encodeArrow() refuses a row with a missing or an unknown column", () => {
  const row = { method: "bss", accuracy: 1, epoch: 1 };
  const { epoch: _, ...short } = row;
  assertThrows(
    () => encodeArrow(COLUMNS, [row, short], {}),
    UserError,
    'row 1 lacks column "epoch"',
  );
  assertThrows(
    () => encodeArrow(COLUMNS, [{ ...row, sead: 1 }], {}),
    UserError,
    'row 0 has an unknown column "sead"',
  );
});

Deno.test("encodeArrow() refuses values of another type instead of converting them", () => {
  const row = { method: "bss", accuracy: 1, epoch: 1 };
  const wrong: Row[] = [
    { ...row, method: 1 },
    { ...row, accuracy: "1" },
    { ...row, epoch: 1.5 },
    { ...row, epoch: 2 ** 31 },
    { ...row, epoch: NaN },
  ];
  for (const given of wrong) {
    assertThrows(() => encodeArrow(COLUMNS, [given], {}), UserError, "but must be");
  }
});

Deno.test("encodeArrow() refuses a table without columns, whose rows would be lost", () => {
  assertThrows(() => encodeArrow({}, [{}], {}), UserError, "at least one column");
});

Deno.test("decodeArrow() refuses anything but a whole Arrow file", () => {
  const whole = encodeArrow(COLUMNS, [], {});
  const stream = tableToIPC(tableFromArrays({ a: [1] }), { format: "stream" });
  assert(stream);
  for (const bytes of [new Uint8Array(), whole.subarray(0, 200), whole.subarray(8), stream]) {
    assertThrows(() => decodeArrow(bytes), UserError, "not a whole Arrow file");
  }
  const hollow = whole.slice();
  hollow.fill(255, 8, -6);
  assertThrows(() => decodeArrow(hollow), UserError, "not a readable Arrow file");
});

Deno.test("decodeArrow() refuses a column of an unsupported type", () => {
  const bytes = tableToIPC(tableFromArrays({ a: [1] }, { types: { a: float32() } }), {
    format: "file",
  });
  assertThrows(() => decodeArrow(bytes!), UserError, 'column "a" has Arrow type');
});

Deno.test("completeRows() keeps zeros and empty texts, and fills in what is missing", () => {
  const row = { method: "", accuracy: 0 };
  assertEquals(completeRows([row], COLUMNS), [{ ...row, epoch: null }]);
});
