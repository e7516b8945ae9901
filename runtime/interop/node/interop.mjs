// interop.ipc as the published packages take it: names, response kinds, codecs.
import { rawCodec } from "@procwire/codecs";

export const METHODS = {
  echo: { response: "result" },
  odd: { response: "result" },
  add: { response: "result" },
  greet: { response: "result" },
  blob: { response: "result" },
  moment: { response: "result" },
  mirror: { response: "result", codec: rawCodec },
  fail: { response: "result" },
  wait: { response: "result" },
  open: { response: "result" },
  sleep: { response: "result" },
  count: { response: "stream" },
  forever: { response: "stream" },
  poke: { response: "ack" },
  touch: { response: "ack" },
  note: { response: "none" },
  emit: { response: "result" },
  print: { response: "result" },
  pid: { response: "result" },
};

export const EVENTS = ["hello", "tick", "noted", "waiting", "aborted"];
