/**
 * The shape of one control method. The table made of these serves MessagePack-RPC, XML-RPC, `system.*`, the client and
 * the reference documentation alike.
 */

import type { Role } from '../model/role.ts';
import type { SupervisorControl } from './control.ts';

/** Type names as `system.methodSignature` prints them. */
export type TypeName = 'string' | 'int' | 'boolean' | 'array' | 'struct';

export interface Parameter {
  readonly name: string;
  readonly type: TypeName;
  /** A string that may also come as a number; the method receives its digits. */
  readonly acceptsNumber?: true;
  /** A string that may also come as a number or a boolean; the method receives it as Supervisor prints it. */
  readonly acceptsScalar?: true;
  /** What it carries is not for logs, such as what is typed into a program. */
  readonly secret?: true;
  /** One line. */
  readonly doc: string;
  /** Present when the parameter may be left out. */
  readonly default?: unknown;
}

/** The connection a request came from, and whoever asks over it. */
export interface Session {
  readonly id: number;
  /** For logs: `uid=1000 pid=42` or `127.0.0.1:50123`. */
  readonly peer: string;
  /** Who asks and from where, for the line about a control action: `alice from 10.0.0.7:50123`. */
  readonly actor: string;
  /** What whoever asks may do. */
  readonly role: Role;
  /**
   * Sends a notification. Bounded: when the peer reads too slowly the message is dropped and counted, and the peer is
   * told how many it missed as soon as it reads again. What is sent while a `subscribe.*` request runs follows its
   * reply. The params are encoded before it returns. Transports that cannot notify do not offer it.
   */
  readonly notify?: (method: string, params: readonly unknown[]) => void;
  /** Runs when the connection ends, to release what the session holds. */
  readonly onClose: (release: () => void) => void;
  /**
   * Runs before another version takes over the server, while notifications can still be sent. Returns the function that
   * takes that back. Offered where notifications are.
   */
  readonly onHandover?: (tell: () => void) => () => void;
}

export interface MethodCall {
  readonly control: SupervisorControl;
  readonly session: Session;
  /** Checked against the method's parameters, defaults filled in. */
  readonly params: readonly unknown[];
}

export interface Method {
  /** `namespace.method`. */
  readonly name: string;
  readonly params: readonly Parameter[];
  readonly returns: { readonly type: TypeName; readonly doc: string };
  /** What `system.methodHelp` answers. */
  readonly doc: string;
  /** What whoever calls it needs. */
  readonly role: Role;
  /** Names of the faults it may raise besides argument errors, for the reference. */
  readonly faults: readonly string[];
  /** Answers while the daemon stops or restarts; the others raise SHUTDOWN_STATE. */
  readonly worksInShutdown?: true;
  /** Only for transports whose session can notify (subscriptions). */
  readonly needsNotifications?: true;
  /** Not in Supervisor's interface: listed only where `subscribe.*` is, so that its clients see the methods they know. */
  readonly beyondSupervisor?: true;
  /** Throws `Fault` to refuse. */
  readonly run: (call: MethodCall) => unknown;
}

/** Looks a method up, checks its arguments and runs it. Rejects with `Fault`; anything else is a bug. */
export type Dispatch = (name: string, params: readonly unknown[], session: Session) => Promise<unknown>;
