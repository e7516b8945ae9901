/** Types that generated code names. */

declare const brand: unique symbol;

/** What makes a newtype a type of its own; there is nothing of it at run time. */
export interface Brand<Name extends string> {
  readonly [brand]: { readonly [Key in Name]: true };
}

/** A record while it is read. */
export type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** What a method or an event of an interface takes. */
export type Args<T, Name extends keyof T> = T[Name] extends (args: infer A, ...rest: never[]) => unknown
  ? NonNullable<A>
  : never;

/** The variant of a tagged enum that has this name. */
export type Case<T, Tag extends string, Name extends string> = Extract<T, { readonly [Key in Tag]: Name }>;

/** The data of the variant of an external enum that has this name. */
export type Data<T, Name extends string> = T extends { readonly [Key in Name]: infer D } ? D : never;

/** Handlers that may be left out, each of them. */
export type Optional<T> = { readonly [Key in keyof T]?: T[Key] | undefined };

/** Handlers of which some must be there and some may be. */
export type Handlers<T, Required extends keyof T, Other extends keyof T> = {
  readonly [Key in Required]: T[Key];
} & { readonly [Key in Other]?: T[Key] | undefined };

/** Some members of an interface. */
export type Only<T, Names extends keyof T> = { readonly [Key in Names]: T[Key] };

/** The properties of an error's variants that are never shown, by the names of the variants on the wire. */
export type Hidden = { readonly [variant: string]: readonly string[] };
