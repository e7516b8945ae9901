import { expect, test } from "vitest";

import { Spin } from "../../src/connection/spin.js";
import { until } from "../support/wait.js";

/** A spin whose clock the test moves. */
function spinning(wanted = true, processors = 2) {
  let time = 0;
  const spin = new Spin(wanted, processors, () => time);
  const pass = (milliseconds: number): void => {
    time += milliseconds;
  };
  /** So many waits of this length. */
  const waits = (count: number, milliseconds: number): void => {
    for (let left = count; left > 0; left--) {
      spin.wait();
      pass(milliseconds);
      spin.found();
    }
  };
  return { spin, pass, waits };
}

test("who waited shortly a few times looks again", () => {
  const { spin, waits } = spinning();
  waits(7, 0.01);
  spin.wait();
  expect(spin.active).toBe(false);
  spin.found();
  spin.wait();
  expect(spin.active).toBe(true);
  spin.found();
  expect(spin.active).toBe(false);
});

test("one long wait ends that, and the next has to be earned", () => {
  const { spin, waits } = spinning();
  waits(20, 0.01);
  waits(1, 5);
  spin.wait();
  expect(spin.active).toBe(false);
});

test("looking in vain ends by itself, and costs twice as much to begin again each time", async () => {
  const { spin, pass, waits } = spinning();
  let needed = 8;
  for (const next of [16, 32, 64]) {
    waits(needed - 1, 0.01);
    spin.wait();
    expect(spin.active).toBe(false);
    spin.found();
    spin.wait();
    expect(spin.active).toBe(true);
    pass(0.06);
    await until(() => !spin.active);
    pass(5);
    spin.found();
    needed = next;
  }
  // One look that was not in vain, and it is as cheap as ever.
  waits(65, 0.01);
  waits(1, 5);
  waits(8, 0.01);
  spin.wait();
  expect(spin.active).toBe(true);
});

test.each([
  [false, 2],
  [true, 1],
])("wanted: %s, processors: %i", (wanted, processors) => {
  const { spin, waits } = spinning(wanted, processors);
  waits(100, 0.01);
  spin.wait();
  expect(spin.active).toBe(false);
});

test("what comes unasked counts for nothing", () => {
  const { spin, waits } = spinning();
  waits(7, 0.01);
  spin.found();
  spin.found();
  spin.wait();
  expect(spin.active).toBe(false);
});
