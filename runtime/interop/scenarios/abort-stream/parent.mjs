import { failure, say, show, spawn } from "../../node/parent.mjs";

const desk = await spawn();
const controller = new AbortController();
let items = 0;
await failure(
  (async () => {
    for await (const _ of desk.stream("forever", { gate: "s" }, { signal: controller.signal })) {
      items += 1;
      if (items === 10) controller.abort();
    }
  })(),
);
say(items >= 10 ? "ten items and more" : `${items} items`);
say(`aborted ${show(await desk.events.aborted.next())}`);
say(show(await desk.call("add", { a: 2, b: 3 })));
await desk.shutdown();
