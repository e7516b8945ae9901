/** Types of generated code, which are right where this file compiles. Nothing here runs. */

import * as $ from "procwire/stub-v1";
import {
  type Color,
  type CommandInput,
  Defaults$,
  Name,
  type Shape,
  Small$,
  Trouble,
  type TroubleData,
} from "../fixtures/extra.js";

/** Uses them as a program would. */
export function types(shape: Shape, data: TroubleData, color: Color): string {
  switch (shape.kind) {
    case "Dot":
      return "dot";
    case "Circle":
      return shape["x y"] ?? shape.radius.toFixed();
    case "Line":
      return shape.value[0][1].toFixed();
    case "Many":
      return shape.value.map(({ kind }) => kind).join();
    case "$unknown":
      return shape.$name;
    default:
      shape satisfies never;
  }
  switch (color) {
    case "Red":
    case "Green":
    case "blue!":
      break;
    default:
      color satisfies $.UnknownName;
  }
  // @ts-expect-error a name that the enum does not have
  const none: Color = "Mauve";
  // @ts-expect-error a number where a bigint is asked for
  $.encode(Small$, { id: 1, name: "n", ok: true, count: 1, ratio: 0.5 });
  // @ts-expect-error a plain string is no name until it is made one
  const name: Name = "n";
  // A newtype's base type may be written.
  $.encode(Defaults$, { name: "n", list: ["a", Name("b")] });
  const command: CommandInput = { run: {} };
  throw data.type === "Named" ? new Trouble({ type: "Named", value: "plain" }) : new Error(none + name + command);
}
