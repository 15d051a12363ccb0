/** What a user of the control interface may do: each role may do what those before it may. */

/** view reads, operate controls processes, admin changes the daemon itself. */
export const roles = ['view', 'operate', 'admin'] as const;
export type Role = (typeof roles)[number];

/** Whether somebody with a role may do what needs another one. */
export const suffices = (own: Role, needed: Role): boolean => roles.indexOf(own) >= roles.indexOf(needed);
