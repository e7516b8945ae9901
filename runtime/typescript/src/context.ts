/** What a handler can know and do besides its arguments. */
export interface Context<Emit = unknown> {
  /** The name of the method on the wire. */
  readonly method: string;
  /** The name of the service. */
  readonly service: string;
  /**
   * Fires when the caller has left: it aborted, its deadline passed, or it is gone. Nothing that the handler sends
   * reaches anybody afterwards.
   */
  readonly signal: AbortSignal;
  /** Whether the caller has left. Cheaper than the signal, which comes into being when it is asked for. */
  readonly cancelled: boolean;
  /**
   * When the call must be done, in milliseconds of `performance.now()`, where the caller said so. The base protocol does
   * not carry it.
   */
  readonly deadline: number | undefined;
  /** Sends events to the parent. */
  readonly events: Emit;
}
