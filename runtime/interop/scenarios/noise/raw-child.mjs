import { serve } from "../../node/child.mjs";

const NOISE = [
  "",
  "starting",
  "{",
  "{}",
  "[1]",
  '{"method":7}',
  '{"jsonrpc":"2.0","method":"$other"}',
  "\u0000\u0007\ufffd",
];
for (const line of NOISE) process.stdout.write(`${line}\n`);
await serve();
for (const line of NOISE) process.stdout.write(`${line}\n`);
