/**
 * Answers the requests of a link with a contract's handlers. Pure; runs in the host (for windows) and in workers.
 *
 * Guarantees: every request gets one response; input is parsed before a handler sees it; what a handler throws becomes
 * a Failure; a cancel, and the link's end, abort the handler's signal. A handler decides what cancelling gives: an
 * outcome (`status: 'cancelled'`) or an error.
 */
import { parseOrExplain } from '../contract/describe-issues.ts';
import { AppError, nearestName, toFailure } from '../contract/errors.ts';
import {
  type Contract,
  type EventInput,
  type EventName,
  type HandlerResult,
  type ParsedInput,
  type ProcedureName,
  ToServer,
  type WireRequest,
  type WireResponse,
} from '../contract/wire.ts';
import type { Link } from './link.ts';

export interface Call {
  /** Aborted when the caller cancels or goes away. */
  readonly signal: AbortSignal;
}

/** One handler for each procedure: a missing one does not compile, and does not start. */
export type Handlers<C extends Contract> = {
  readonly [N in ProcedureName<C>]: (
    input: ParsedInput<C, N>,
    call: Call,
  ) => HandlerResult<C, N> | Promise<HandlerResult<C, N>>;
};

export type Emit<C extends Contract> = <N extends EventName<C>>(name: N, payload: EventInput<C, N>) => void;

export interface ServerOptions {
  /** Turns what handlers throw into an AppError where it can; anything else comes back as it is. */
  readonly explain?: (thrown: unknown) => unknown;
  /** Told of everything thrown that is not an AppError, with its stack, for the log. */
  readonly onDefect?: (thrown: unknown, procedure: string) => void;
}

type AnyHandler = (input: unknown, call: Call) => unknown;

/**
 * Starts answering. @returns how to send events to the other end.
 * @throws AppError `internal` when a procedure has no handler or a handler has no procedure.
 */
export function serve<C extends Contract>(
  link: Link,
  contract: C,
  handlers: Handlers<C>,
  options: ServerOptions = {},
): { emit: Emit<C> } {
  checkComplete(contract, handlers);
  const active = new Map<number, AbortController>();

  const answer = async (request: WireRequest): Promise<void> => {
    const controller = new AbortController();
    active.set(request.id, controller);
    const response = await respond(contract, handlers, request, controller.signal, options);
    active.delete(request.id);
    link.send(response);
  };

  link.onMessage((raw) => {
    const message = ToServer.safeParse(raw);
    if (!message.success) {
      options.onDefect?.(new AppError('bad-input', `Unreadable message: ${message.error.message}`), '(link)');
    } else if (message.data.type === 'cancel') {
      active.get(message.data.id)?.abort();
    } else {
      void answer(message.data);
    }
  });
  link.onClose(() => {
    for (const controller of active.values()) controller.abort();
  });

  return { emit: (name, payload) => link.send({ type: 'event', name, payload }) };
}

async function respond<C extends Contract>(
  contract: C,
  handlers: Handlers<C>,
  { id, procedure, input }: WireRequest,
  signal: AbortSignal,
  options: ServerOptions,
): Promise<WireResponse> {
  try {
    if (!Object.hasOwn(contract.procedures, procedure)) throw unknownProcedure(contract, procedure);
    const schema = contract.procedures[procedure]!.input;
    const handler = handlers[procedure as ProcedureName<C>] as AnyHandler;
    const output = await handler(parseOrExplain(schema, input, `The input of ${procedure}`), { signal });
    return { type: 'response', id, ok: true, output };
  } catch (raw) {
    const thrown = options.explain ? options.explain(raw) : raw;
    if (!(thrown instanceof AppError)) options.onDefect?.(thrown, procedure);
    const { details, ...failure } = toFailure(thrown);
    return {
      type: 'response',
      id,
      ok: false,
      error: details ? { ...failure, details: { ...details } } : failure,
    };
  }
}

function checkComplete(contract: Contract, handlers: object): void {
  const expected = Object.keys(contract.procedures);
  const present = Object.keys(handlers);
  const missing = expected.filter((name) => !present.includes(name));
  const extra = present.filter((name) => !expected.includes(name));
  if (missing.length > 0 || extra.length > 0) {
    throw new AppError(
      'internal',
      `Handlers do not fit the contract: missing [${missing}], not in it [${extra}].`,
    );
  }
}

function unknownProcedure(contract: Contract, procedure: string): AppError {
  const near = nearestName(procedure, Object.keys(contract.procedures));
  return new AppError(
    'bad-input',
    `There is no procedure "${procedure}"${near ? `; did you mean "${near}"?` : '.'}`,
  );
}
