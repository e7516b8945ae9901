/** The limits that hold for every payload, read or written. */

/** Lists and maps that may lie inside each other. */
export const DEPTH = 100;
/** What a container is taken to cost, in bytes of memory. */
export const CONTAINER_COST = 64;
/** What any other value is taken to cost, besides its text. */
export const SCALAR_COST = 16;
/** What every payload may cost, however short. */
export const BUDGET_BASE: number = 16 * 1024 * 1024;
/** What a payload may cost more for each of its bytes. */
export const BUDGET_FACTOR = 8;
/** From this length on, bytes are not copied while writing. */
export const SEGMENT: number = 32 * 1024;
/** The longest duration, in microseconds: what a number holds exactly. */
export const DURATION_MAX_US: number = Number.MAX_SAFE_INTEGER;
/** 0001-01-01T00:00:00Z, in seconds since 1970. */
export const TIMESTAMP_MIN_S = -62_135_596_800;
/** 9999-12-31T23:59:59Z, in seconds since 1970. */
export const TIMESTAMP_MAX_S = 253_402_300_799;
/** The key that no map may have: it is an object's prototype. */
export const FORBIDDEN_KEY = "__proto__";
