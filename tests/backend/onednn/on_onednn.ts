import type { OnednnBackend } from "../../../lib/backend/onednn/onednn_backend.ts";
import { testsOf } from "../tests_of.ts";

export const onOnednn = await testsOf<OnednnBackend>("onednn");

/** For tests of bfloat16, which not every processor has. */
export const onBfloat16 = await testsOf<OnednnBackend>(
  "onednn",
  ({ precisions }) => precisions.includes("bf16") ? null : "this processor has no bfloat16",
);
