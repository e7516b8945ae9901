import { failure, say, show, spawn } from "../../typescript/scenario.js";

const desk = await spawn();
for (const fail of ["text", "declared"]) {
  let items = 0;
  const error = await failure(
    (async () => {
      for await (const _ of desk.count({ n: 3, fail })) items += 1;
    })(),
  );
  say(`${items} items, then ${error.message}`);
}
say(show(await desk.add({ a: 2, b: 3 })));
await desk.shutdown();
