// The forked side.
import { NAME, SCORE } from "./load.js";

interface Request {
  readonly call: number;
  readonly method: "small" | "bulk" | "items";
  readonly items: number;
}

/** Messages that may wait in the channel before the stream pauses. */
const WAITING = 1000;

const send = (message: object, sent?: () => void): void => {
  process.send?.(message, undefined, undefined, sent);
};

async function items({ call, items }: Request): Promise<void> {
  for (let id = 0; id < items; id += 1) {
    const item = { call, id, name: NAME, score: SCORE };
    if (id % WAITING === WAITING - 1) await new Promise<void>((resolve) => send(item, resolve));
    else send(item);
  }
  send({ call, end: true });
}

process.on("message", (message) => {
  const request = message as Request;
  if (request.method === "items") void items(request);
  else send(request);
});
