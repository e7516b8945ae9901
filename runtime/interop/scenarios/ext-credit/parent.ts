import { check, next, range, say, spawn } from "../../typescript/scenario.js";

const STOPPED = 50;
const desk = await spawn({ limits: { window: 160 } });
const aborted = desk.events.aborted.subscribe();
const stopped = range(STOPPED).map((gate) => desk.forever({ gate: `${gate}` })[Symbol.asyncIterator]());
for (const items of stopped) check((await next(items)).i === 0, "another item came first");
for (const i of range(100)) check((await desk.add({ a: i, b: 1 })).sum === i + 1, "another sum");
say(`100 calls beside ${STOPPED} stopped streams`);
const [one] = stopped;
check(one !== undefined, "no stream");
for (let i = 1; i <= 3000; i += 1) check((await next(one)).i === i, "an item is missing");
say("3000 items of one of them, in order");
await Promise.all(stopped.map((items) => items.return?.()));
for (const _ of range(STOPPED)) await next(aborted);
say(`${STOPPED} aborted`);

async function count(n: number): Promise<number> {
  let seen = 0;
  for await (const { i } of desk.count({ n })) {
    check(i === seen, "an item is missing");
    seen += 1;
  }
  check(seen === n, "an item is missing");
  return seen;
}

let sum = 0;
for (const _ of range(10)) {
  for (const seen of await Promise.all(range(40).map(count))) sum += seen;
}
say(`400 streams, ${sum} items`);
await desk.shutdown();
