import { check, failure, say, spawn, worker } from "../../node/parent.mjs";

const error = await failure(spawn());
// Whichever is missed first.
check(/"(pid|echo)"/.test(error.message), error.message);
say("refused, since a method is missing");
if (!process.env.INTEROP_PAIR.endsWith("-real")) {
  // The published parent killed the worker, whose socket the next one sweeps.
  const next = await spawn({ argv: worker().slice(0, 1) });
  await next.shutdown();
}
