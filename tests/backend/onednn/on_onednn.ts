import type { OnednnBackend } from "../../../lib/backend/onednn/onednn_backend.ts";
import { testsOf } from "../tests_of.ts";

export const onOnednn = await testsOf<OnednnBackend>("onednn");
