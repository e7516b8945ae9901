import { serve } from "../../typescript/back_desk.js";

await serve();
