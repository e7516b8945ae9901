import type { ExtensionName } from "procwire";
import { serve } from "../../typescript/back_desk.js";

const offers = (process.env["OFFERS"] ?? "").split(",");
const known: readonly ExtensionName[] = ["fd", "meta", "callbacks", "credit"];
await serve({ extensions: known.filter((name) => offers.includes(name)) });
