import { serve } from "../../node/child.mjs";

await serve(() => ({ pid: undefined }));
