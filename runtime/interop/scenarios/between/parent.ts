import { readFileSync } from "node:fs";
import { BackClient } from "../../typescript/back.js";
import { InteropClient } from "../../typescript/interop.js";
import { check, failure, next, say, show, worker } from "../../typescript/scenario.js";

for (const auth of ["auth", "none"]) {
  const middle = `${process.cwd()}/scenarios/between/middle.mjs`;
  const back = await BackClient.spawn("node", [middle, auth, ...worker()], {
    callbacks: { trading: { position: () => 1 } },
  });
  const desk = InteropClient.attach(back);
  const pid = await desk.pid();
  check(pid !== back.peer.pid, "nobody is between");
  const environment = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
  check(
    environment.some((one) => one.startsWith("PROCWIRE_FD=")),
    "nothing is inherited",
  );
  check(readFileSync("/proc/net/unix", "utf8").includes(`/procwire-${pid}-`), "its worker has no path");

  say(show(await desk.add({ a: 2, b: 3 })));
  const seen = back.events.seen.subscribe();
  for await (const item of back.fill({ count: 3 })) say(item);
  say((await next(seen)).text);
  const callback = await failure(back.position({ account: "a" }));
  check(callback.message.includes("trading.Position"), callback);
  say(`a callback: ${callback.code}`);
  const metadata = await failure(back.depth({ more: 0 }, { metadata: { a: "b" } }));
  say(`metadata: ${metadata.code}`);
  await back.shutdown();
}
