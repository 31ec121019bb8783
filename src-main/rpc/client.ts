/**
 * Calls the procedures of a contract over a link. Pure; runs in windows, in the command line and in hosts (towards
 * workers).
 *
 * Guarantees: every call settles: with the parsed answer, the failure that the handler gave, or the link's end
 * (`worker-died`). Aborting a call's signal sends a cancel and then waits for the handler's own answer.
 */
import { parseOrExplain } from '../contract/describe-issues.ts';
import { AppError, type Failure, fromFailure } from '../contract/errors.ts';
import {
  type CallInput,
  type Contract,
  type EventName,
  type EventPayload,
  type Output,
  type ProcedureName,
  ToClient,
  type WireResponse,
} from '../contract/wire.ts';
import type { Link } from './link.ts';

export interface Client<C extends Contract> {
  /** @throws AppError whatever the handler failed with; `worker-died` when the link ends first. */
  call<N extends ProcedureName<C>>(
    name: N,
    input: CallInput<C, N>,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<Output<C, N>>;
  /** @returns a function that stops listening. */
  on<N extends EventName<C>>(name: N, listener: (payload: EventPayload<C, N>) => void): () => void;
  onClose(listener: (reason: Failure) => void): void;
  close(): void;
}

interface Pending {
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** @param onDefect told of messages that do not fit the contract. */
export function connect<C extends Contract>(
  link: Link,
  contract: C,
  onDefect: (error: AppError) => void = () => undefined,
): Client<C> {
  const pending = new Map<number, Pending>();
  const listeners = new Map<string, Set<(payload: never) => void>>();
  let nextId = 1;
  let closedBy: Failure | null = null;

  link.onMessage((raw) => {
    const message = ToClient.safeParse(raw);
    if (!message.success) {
      onDefect(new AppError('internal', `Unreadable message: ${message.error.message}`));
    } else if (message.data.type === 'event') {
      deliverEvent(contract, listeners, message.data, onDefect);
    } else {
      settle(pending, message.data);
    }
  });
  link.onClose((reason) => {
    closedBy = reason;
    for (const call of pending.values()) call.reject(fromFailure(reason));
    pending.clear();
  });

  return {
    async call(name, input, { signal } = {}) {
      if (closedBy) throw fromFailure(closedBy);
      if (signal?.aborted) throw new AppError('cancelled', `${name} was cancelled before it started.`);
      const id = nextId++;
      const cancel = () => link.send({ type: 'cancel', id });
      signal?.addEventListener('abort', cancel, { once: true });
      try {
        const output = await new Promise<unknown>((resolve, reject) => {
          pending.set(id, { resolve, reject });
          link.send({ type: 'request', id, procedure: name, input });
        });
        return parseAnswer(contract, name, output);
      } finally {
        signal?.removeEventListener('abort', cancel);
      }
    },
    on(name, listener) {
      const registered = listeners.get(name) ?? new Set();
      listeners.set(name, registered.add(listener));
      return () => registered.delete(listener);
    },
    onClose: (listener) => link.onClose(listener),
    close: () => link.close(),
  };
}

function parseAnswer<C extends Contract, N extends ProcedureName<C>>(
  contract: C,
  name: N,
  output: unknown,
): Output<C, N> {
  try {
    return parseOrExplain(contract.procedures[name]!.output, output, `The answer of ${name}`) as Output<C, N>;
  } catch (cause) {
    throw new AppError('internal', cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function settle(pending: Map<number, Pending>, response: WireResponse): void {
  const call = pending.get(response.id);
  pending.delete(response.id);
  if (response.ok) call?.resolve(response.output);
  else call?.reject(fromFailure(response.error as Failure));
}

function deliverEvent(
  contract: Contract,
  listeners: Map<string, Set<(payload: never) => void>>,
  event: { name: string; payload?: unknown },
  onDefect: (error: AppError) => void,
): void {
  const schema = Object.hasOwn(contract.events, event.name) ? contract.events[event.name] : undefined;
  const payload = schema?.safeParse(event.payload);
  if (!payload?.success) {
    onDefect(new AppError('internal', `Event "${event.name}" does not fit the contract.`));
    return;
  }
  for (const listener of listeners.get(event.name) ?? []) listener(payload.data as never);
}
