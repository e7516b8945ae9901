import { serve } from "../../node/child.mjs";

process.stdout.write("loading the model");
await serve();
