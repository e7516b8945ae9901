import { failure, say, spawn } from "../../node/parent.mjs";

// The published parent does not look for an end in its first 100 ms.
const argv = ["sh", "-c", "sleep 0.3; echo no model file >&2; exit 3"];
await failure(spawn({ argv }));
say("the start failed");
await failure(spawn({ argv: ["/nonexistent/worker"] }));
say("the start failed");
