import { BackClient, Busy } from "../../typescript/back.js";
import { check, failure, range, say, worker } from "../../typescript/scenario.js";

const [program = "", ...args] = worker();
let asked = 0;
const back = await BackClient.spawn(program, args, {
  callbacks: {
    trading: {
      position({ account }) {
        asked += 1;
        if (account === "busy") throw new Busy({ type: "Later", left: 3 });
        return account.length;
      },
    },
  },
});
// On a busy machine a short time is over before the first answer.
for (let made = 0, step = 1; asked <= made; step *= 4) {
  const calls = range(40).map((n) =>
    failure(back.position({ account: "busy" }, { retries: 10_000, timeoutMs: step * (n + 1) })),
  );
  for (const error of await Promise.all(calls)) {
    check(error instanceof Busy || error.code === "deadline_exceeded", error);
  }
  made += calls.length;
}
say("every call ended, busy or late");
// What was under way comes before this.
await back.position({ account: "four" });
const before = asked;
for (const _ of range(20)) await back.position({ account: "four" });
check(asked === before + 20, "one was sent after its end");
say("none is sent after its end");
await back.shutdown();
