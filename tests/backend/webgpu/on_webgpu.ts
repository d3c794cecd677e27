import type { CheckedWebgpuBackend } from "../../../lib/backend/webgpu/checked_webgpu_backend.ts";
import { testsOf } from "../tests_of.ts";

export const onWebgpu = await testsOf<CheckedWebgpuBackend>("webgpu");
