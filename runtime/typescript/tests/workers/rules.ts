// A worker whose answers and events may break what their types say. `RULES` in its environment changes how it behaves.
import { ProcwireError } from "procwire";
import { Denied, Gone, type RulesWorker, serveRules } from "../fixtures/rules.js";

const ways = new Set((process.env["RULES"] ?? "").split(" "));
let asked = 0;

const rules: RulesWorker = {
  limit: ({ limits }) => (limits.note === "break" ? { ...limits, level: 9 } : limits),
  enter({ word, pin, times }) {
    if (word === "wrong") throw new Denied({ type: "Wrong", tried: word });
    if (word === "gone") throw new Gone({ type: "Lost", value: pin });
    if (word === "moved") throw new Gone({ type: "Moved" });
    return { user: `${times}`, word, pin };
  },
  ask({ value }) {
    asked++;
    if (asked <= value) throw new Denied({ type: "Busy" });
    const needed = asked;
    asked = 0;
    return needed;
  },
  *again() {
    yield 1;
  },
  async look(symbol, cx) {
    await cx.events.plain(symbol === "LOUD" ? 3 : 1);
    await cx.events.seen({ symbol });
    if (symbol === "FAIL") throw new ProcwireError("failed", "as asked");
    return symbol;
  },
  has_: ({ name }) => name === "x",
};

await serveRules(rules, { checkSent: ways.has("check") });
