import { BackClient } from "../../typescript/back.js";
import { failure, say, worker } from "../../typescript/scenario.js";

const [program = "", ...args] = worker();
for (const tracebacks of [false, true]) {
  const back = await BackClient.spawn(program, args, {
    tracebacks,
    env: tracebacks ? { ASKS: "1" } : {},
    callbacks: {
      trading: {
        broken() {
          throw new RangeError("it broke");
        },
      },
    },
  });
  const error = await failure(back.broken({ here: true }));
  const { class: named } = error.data as { class?: string };
  say(`${error.code} ${error.message} ${named !== undefined} ${error.traceback?.includes("it broke") ?? false}`);
  say(await back.broken({ here: false }));
  await back.shutdown();
}
