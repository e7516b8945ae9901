import { bind, serve } from "procwire";
import { Back } from "../../typescript/back.js";
import { back } from "../../typescript/back_desk.js";
import { Desk } from "../../typescript/desk.js";
import { Interop } from "../../typescript/interop.js";

await serve([bind(Interop, new Desk()), bind(Back, back)]);
