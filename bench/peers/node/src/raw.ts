// The shapes of the raw socket's messages: a header of 11 bytes that nobody looks into, and the body.
import { KILO, LARGE } from "./load.js";

const HEADER = 11;
/** A small record in MsgPack, with its header. */
export const SMALL = HEADER + 46;
/** The bytes that one read takes, and that a stream's items are gathered to. */
export const CHUNK = 64 * 1024;
/** A large message. */
export const LARGE_MESSAGE = HEADER + LARGE;

/** The worker's mode for a workload. */
export function modeOf(workload: string): "echo" | "large" | "stream" {
  if (workload === "large" || workload === "large-raw" || workload === "peak") return "large";
  return workload === "stream" ? "stream" : "echo";
}

/** The messages that one round trip carries, and the bytes of each. */
export function batchOf(workload: string): readonly [messages: number, bytes: number] {
  if (workload.startsWith("kilo:")) return [Number(workload.slice("kilo:".length)), HEADER + KILO];
  if (workload === "cpu") return [64, SMALL];
  return [1, modeOf(workload) === "large" ? LARGE_MESSAGE : SMALL];
}
