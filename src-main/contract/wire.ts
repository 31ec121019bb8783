/**
 * What travels on a Link, and how a contract (procedures and events) is declared. Pure (zod only).
 *
 * A caller sends `request` and may send `cancel`; the other side answers every request with exactly one `response` and
 * sends an `event` whenever it likes. Only JSON values travel; failures are data.
 */
import { z } from 'zod';
import { ERROR_CODES } from './errors.ts';

export const FailureMessage = z.object({
  code: z.enum(ERROR_CODES),
  message: z.string(),
  details: z.record(z.string(), z.unknown()).optional(),
});

export const WireRequest = z.object({
  type: z.literal('request'),
  id: z.number().int().nonnegative(),
  procedure: z.string(),
  input: z.unknown(),
});
export type WireRequest = z.infer<typeof WireRequest>;

export const WireCancel = z.object({ type: z.literal('cancel'), id: z.number().int().nonnegative() });
export type WireCancel = z.infer<typeof WireCancel>;

export const WireResponse = z.discriminatedUnion('ok', [
  z.object({
    type: z.literal('response'),
    id: z.number().int().nonnegative(),
    ok: z.literal(true),
    output: z.unknown(),
  }),
  z.object({
    type: z.literal('response'),
    id: z.number().int().nonnegative(),
    ok: z.literal(false),
    error: FailureMessage,
  }),
]);
export type WireResponse = z.infer<typeof WireResponse>;

export const WireEvent = z.object({ type: z.literal('event'), name: z.string(), payload: z.unknown() });
export type WireEvent = z.infer<typeof WireEvent>;

/** What a server accepts, and what a client accepts. */
export const ToServer = z.discriminatedUnion('type', [WireRequest, WireCancel]);
export type ToServer = z.infer<typeof ToServer>;
export const ToClient = z.union([WireResponse, WireEvent]);
export type ToClient = z.infer<typeof ToClient>;

export interface Procedure {
  readonly input: z.ZodType;
  readonly output: z.ZodType;
}

/** The whole of what one side may ask of another: an explicit list. */
export interface Contract {
  readonly procedures: Readonly<Record<string, Procedure>>;
  readonly events: Readonly<Record<string, z.ZodType>>;
}

export type ProcedureName<C extends Contract> = keyof C['procedures'] & string;
export type EventName<C extends Contract> = keyof C['events'] & string;

/** What a caller writes (defaults may be left out), and what the handler receives (defaults filled in). */
export type CallInput<C extends Contract, N extends ProcedureName<C>> = z.input<C['procedures'][N]['input']>;
export type ParsedInput<C extends Contract, N extends ProcedureName<C>> = z.output<
  C['procedures'][N]['input']
>;
/** What a handler returns and an emitter gives; what the other side gets is parsed from it. */
export type HandlerResult<C extends Contract, N extends ProcedureName<C>> = z.input<
  C['procedures'][N]['output']
>;
export type EventInput<C extends Contract, N extends EventName<C>> = z.input<C['events'][N]>;
export type Output<C extends Contract, N extends ProcedureName<C>> = z.output<C['procedures'][N]['output']>;
export type EventPayload<C extends Contract, N extends EventName<C>> = z.output<C['events'][N]>;

/** Declares a contract, keeping the literal types of its members. */
export function defineContract<const C extends Contract>(contract: C): C {
  return contract;
}
