import { serve } from "../../typescript/back_desk.js";

await serve({ tracebacks: process.env["ASKS"] !== undefined });
