/**
 * The C library calls that starting and reaping programs, listening and looking up users need. Nothing here blocks but
 * the look-up of a host's name.
 */

import { cLibrary, errorName, SystemError } from './libc.ts';

export { errorName, SystemError };

interface PasswdEntry {
  readonly pw_name: string;
  readonly pw_uid: number;
  readonly pw_gid: number;
}

interface GroupEntry {
  readonly gr_name: string;
  readonly gr_gid: number;
}

interface Library {
  errno(): number;
  pipe2(fds: number[], flags: number): number;
  fcntl(fd: number, command: number, argument: number): number;
  flock(fd: number, operation: number): number;
  faccessat(directoryFd: number, path: string, mode: number, flags: number): number;
  waitpid(pid: number, status: number[], options: number): number;
  prlimit(pid: number, resource: number, wanted: Buffer | null, old: Buffer | null): number;
  getpwnam(name: string): PasswdEntry | null;
  getpwuid(uid: number): PasswdEntry | null;
  getgrnam(name: string): GroupEntry | null;
  getgrgid(gid: number): GroupEntry | null;
  socket(domain: number, type: number, protocol: number): number;
  setsockopt(fd: number, level: number, option: number, value: Buffer, length: number): number;
  bind(fd: number, address: Buffer, length: number): number;
  sendto(fd: number, bytes: Uint8Array, count: number, flags: number, address: Buffer, length: number): number;
  listen(fd: number, backlog: number): number;
  /** The first address of a host; a number is the code of what went wrong. */
  getaddrinfo(name: string, family: number): Uint8Array | number;
  gaiError(code: number): string;
  actionsInit(actions: Buffer): number;
  actionsDup2(actions: Buffer, from: number, to: number): number;
  actionsChdir(actions: Buffer, path: string): number;
  actionsDestroy(actions: Buffer): number;
  attributesInit(attributes: Buffer): number;
  attributesFlags(attributes: Buffer, flags: number): number;
  attributesProcessGroup(attributes: Buffer, group: number): number;
  attributesSignalDefault(attributes: Buffer, set: Buffer): number;
  attributesSignalMask(attributes: Buffer, set: Buffer): number;
  posixSpawn(
    pid: number[],
    path: string,
    actions: Buffer,
    attributes: Buffer,
    argv: (string | null)[],
    environment: (string | null)[],
  ): number;
}

let loaded: Library | null = null;

function library(): Library {
  loaded ??= load();
  return loaded;
}

function load(): Library {
  const { koffi, libc } = cLibrary();
  koffi.struct('statevisor_passwd', {
    pw_name: 'char *',
    pw_passwd: 'char *',
    pw_uid: 'uint',
    pw_gid: 'uint',
    pw_gecos: 'char *',
    pw_dir: 'char *',
    pw_shell: 'char *',
  });
  koffi.struct('statevisor_group', { gr_name: 'char *', gr_passwd: 'char *', gr_gid: 'uint', gr_mem: 'void *' });
  const lookUp =
    <Key, Entry>(prototype: string, type: string) =>
    (key: Key): Entry | null => {
      const pointer: unknown = call(prototype)(key);
      return pointer === null ? null : (koffi.decode(pointer, type) as Entry);
    };
  const call = (prototype: string) => libc.func(prototype);
  const addrinfo = koffi.struct('statevisor_addrinfo', {
    ai_flags: 'int',
    ai_family: 'int',
    ai_socktype: 'int',
    ai_protocol: 'int',
    ai_addrlen: 'uint',
    ai_addr: 'void *',
    ai_canonname: 'void *',
    ai_next: 'void *',
  });
  const getaddrinfo = (name: string, family: number): Uint8Array | number => {
    const found: unknown[] = [null];
    const noWish = { ai_flags: 0, ai_protocol: 0, ai_addrlen: 0, ai_addr: null, ai_canonname: null, ai_next: null };
    const code: number = call(
      'int getaddrinfo(const char *name, const char *service, statevisor_addrinfo *wanted, _Out_ void **found)',
    )(name, null, { ...noWish, ai_family: family, ai_socktype: SOCK_STREAM }, found);
    if (code !== 0) return code;
    const { ai_addr, ai_addrlen } = koffi.decode(found[0], addrinfo) as { ai_addr: unknown; ai_addrlen: number };
    const address = Uint8Array.from(koffi.decode(ai_addr, 'uint8_t', ai_addrlen) as ArrayLike<number>);
    call('void freeaddrinfo(void *found)')(found[0]);
    return address;
  };
  return {
    errno: () => koffi.errno(),
    pipe2: call('int pipe2(_Out_ int *fds, int flags)'),
    fcntl: call('int fcntl(int fd, int command, int argument)'),
    flock: call('int flock(int fd, int operation)'),
    faccessat: call('int faccessat(int directoryFd, const char *path, int mode, int flags)'),
    waitpid: call('int waitpid(int pid, _Out_ int *status, int options)'),
    prlimit: call('int prlimit(int pid, int resource, void *wanted, void *old)'),
    getpwnam: lookUp<string, PasswdEntry>('void *getpwnam(const char *name)', 'statevisor_passwd'),
    getpwuid: lookUp<number, PasswdEntry>('void *getpwuid(uint uid)', 'statevisor_passwd'),
    getgrnam: lookUp<string, GroupEntry>('void *getgrnam(const char *name)', 'statevisor_group'),
    getgrgid: lookUp<number, GroupEntry>('void *getgrgid(uint gid)', 'statevisor_group'),
    socket: call('int socket(int domain, int type, int protocol)'),
    setsockopt: call('int setsockopt(int fd, int level, int option, void *value, uint length)'),
    bind: call('int bind(int fd, void *address, uint length)'),
    sendto: call('long sendto(int fd, void *bytes, ulong count, int flags, void *address, uint length)'),
    listen: call('int listen(int fd, int backlog)'),
    getaddrinfo,
    gaiError: call('const char *gai_strerror(int code)'),
    actionsInit: call('int posix_spawn_file_actions_init(void *actions)'),
    actionsDup2: call('int posix_spawn_file_actions_adddup2(void *actions, int from, int to)'),
    actionsChdir: call('int posix_spawn_file_actions_addchdir_np(void *actions, const char *path)'),
    actionsDestroy: call('int posix_spawn_file_actions_destroy(void *actions)'),
    attributesInit: call('int posix_spawnattr_init(void *attributes)'),
    attributesFlags: call('int posix_spawnattr_setflags(void *attributes, short flags)'),
    attributesProcessGroup: call('int posix_spawnattr_setpgroup(void *attributes, int group)'),
    attributesSignalDefault: call('int posix_spawnattr_setsigdefault(void *attributes, void *set)'),
    attributesSignalMask: call('int posix_spawnattr_setsigmask(void *attributes, void *set)'),
    posixSpawn: call(
      'int posix_spawn(_Out_ int *pid, const char *path, void *actions, void *attributes, const char **argv, const char **environment)',
    ),
  };
}

/** A user by name or numeric id, from whatever the system's name service knows. */
export function findUser(nameOrId: string | number): { name: string; uid: number; gid: number } | null {
  const entry = typeof nameOrId === 'number' ? library().getpwuid(nameOrId) : library().getpwnam(nameOrId);
  return entry && { name: entry.pw_name, uid: entry.pw_uid, gid: entry.pw_gid };
}

/** A user group by name or numeric id. */
export function findGroup(nameOrId: string | number): { name: string; gid: number } | null {
  const entry = typeof nameOrId === 'number' ? library().getgrgid(nameOrId) : library().getgrnam(nameOrId);
  return entry && { name: entry.gr_name, gid: entry.gr_gid };
}

const O_CLOEXEC = 0o2000000;
const F_SETFD = 2;
const F_SETFL = 4;
const FD_CLOEXEC = 1;
const O_NONBLOCK = 0o4000;

/** An anonymous pipe, both ends closed on exec. Throws `SystemError` (EMFILE, ENFILE). */
export function pipe(): { readonly readFd: number; readonly writeFd: number } {
  const fds = [-1, -1];
  if (library().pipe2(fds, O_CLOEXEC) !== 0) throw new SystemError('pipe2', library().errno());
  return { readFd: fds[0] ?? -1, writeFd: fds[1] ?? -1 };
}

export function setNonBlocking(fd: number): void {
  if (library().fcntl(fd, F_SETFL, O_NONBLOCK) !== 0) throw new SystemError('fcntl', library().errno());
}

/** Keeps a descriptor from every program started later. A descriptor that is not open is no error. */
export function closeOnExec(fd: number): void {
  library().fcntl(fd, F_SETFD, FD_CLOEXEC);
}

const LOCK_EX = 2;
const LOCK_NB = 4;

/** Takes an exclusive lock that lasts until the descriptor is closed. False when somebody else holds it. */
export const lockFile = (fd: number): boolean => library().flock(fd, LOCK_EX | LOCK_NB) === 0;

const AT_FDCWD = -100;
const AT_EACCESS = 0x200;
const X_OK = 1;

/** Why the effective user may not execute a file or search a directory, as a symbolic errno; null if it may. */
export const executeRefusal = (path: string): string | null =>
  library().faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) === 0 ? null : errorName(library().errno());

const AF_UNIX = 1;
const AF_INET = 2;
const SOCK_STREAM = 1;
const SOCK_DGRAM = 2;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;

/** A stream socket that blocks, closed on exec. Throws `SystemError`. */
export function openSocket(family: 'unix' | 'inet'): number {
  const fd = library().socket(family === 'unix' ? AF_UNIX : AF_INET, SOCK_STREAM | O_CLOEXEC, 0);
  if (fd < 0) throw new SystemError('socket', library().errno());
  return fd;
}

/** A unix socket for datagrams, which Node has none of; never blocks, closed on exec. Throws `SystemError`. */
export function openDatagramSocket(): number {
  const fd = library().socket(AF_UNIX, SOCK_DGRAM | O_CLOEXEC | O_NONBLOCK, 0);
  if (fd < 0) throw new SystemError('socket', library().errno());
  return fd;
}

/** Sends one datagram, or nothing. Throws `SystemError`: ENOENT, ECONNREFUSED or EAGAIN when nobody takes it. */
export function sendDatagram(fd: number, address: Buffer, bytes: Uint8Array): void {
  const sent = library().sendto(fd, bytes, bytes.length, MSG_DONTWAIT | MSG_NOSIGNAL, address, address.length);
  if (sent < 0) throw new SystemError('sendto', library().errno());
}

/** Lets a port be bound although connections of its last owner are still waiting to be forgotten. */
export function reuseAddress(fd: number): void {
  const on = Buffer.alloc(4);
  on.writeInt32LE(1);
  if (library().setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, on, on.length) !== 0) {
    throw new SystemError('setsockopt', library().errno());
  }
}

/** `address` as `unixAddress` or `inetAddress` makes it. Throws `SystemError`. */
export function bindSocket(fd: number, address: Buffer): void {
  if (library().bind(fd, address, address.length) !== 0) throw new SystemError('bind', library().errno());
}

/** Throws `SystemError`. */
export function listenOn(fd: number, backlog: number): void {
  if (library().listen(fd, backlog) !== 0) throw new SystemError('listen', library().errno());
}

/** A sockaddr_un. The path must fit; nothing is checked here. */
export function unixAddress(path: string): Buffer {
  const family = Buffer.alloc(2);
  family.writeUInt16LE(AF_UNIX);
  return Buffer.concat([family, Buffer.from(`${path}\0`)]);
}

/**
 * A sockaddr_in for an IPv4 address or a host's name, which is looked up and may take as long as the system's name
 * service does. Where nothing is found, the result is the system's explanation.
 */
export function inetAddress(host: string, port: number): Buffer | string {
  const found = library().getaddrinfo(host, AF_INET);
  if (typeof found === 'number') return library().gaiError(found);
  const address = Buffer.from(found);
  address.writeUInt16BE(port, 2);
  return address;
}

const WNOHANG = 1;

/** One child that has ended, with its raw wait status; null when none is left to collect. */
export function reapAny(): { readonly pid: number; readonly status: number } | null {
  const status = [0];
  const pid = library().waitpid(-1, status, WNOHANG);
  return pid > 0 ? { pid, status: status[0] ?? 0 } : null;
}

/** The raw wait status of that child; null when it has not ended, or is no child. */
export function reapOne(child: number): number | null {
  const status = [0];
  return library().waitpid(child, status, WNOHANG) > 0 ? (status[0] ?? 0) : null;
}

export const resources = { NPROC: 6, NOFILE: 7 } as const;

export interface ResourceLimit {
  readonly soft: bigint;
  readonly hard: bigint;
}

/** One for all calls: it is read or written four times for each start. */
const limitBuffer = Buffer.alloc(16);

/** This process's limit. RLIM_INFINITY is 2⁶⁴−1. */
export function getLimit(resource: number): ResourceLimit {
  const old = limitBuffer;
  if (library().prlimit(0, resource, null, old) !== 0) throw new SystemError('getrlimit', library().errno());
  return { soft: old.readBigUInt64LE(0), hard: old.readBigUInt64LE(8) };
}

/** Throws `SystemError` (EPERM when the hard limit would rise without the privilege). */
export function setLimit(resource: number, limit: ResourceLimit): void {
  const wanted = limitBuffer;
  wanted.writeBigUInt64LE(limit.soft, 0);
  wanted.writeBigUInt64LE(limit.hard, 8);
  if (library().prlimit(0, resource, wanted, null) !== 0) throw new SystemError('setrlimit', library().errno());
}

const POSIX_SPAWN_SETPGROUP = 0x02;
const POSIX_SPAWN_SETSIGDEF = 0x04;
const POSIX_SPAWN_SETSIGMASK = 0x08;
const POSIX_SPAWN_SETSID = 0x80;
// glibc and musl need 80 and 336 bytes for the two opaque records on 64-bit platforms.
const ACTIONS_BYTES = 256;
const ATTRIBUTES_BYTES = 512;
const SIGNAL_SET_BYTES = 128;

/** One for all starts: none begins before the one before it is made. */
const spawnActions = Buffer.alloc(ACTIONS_BYTES);
let groupAttributes: Buffer | null = null;
let sessionAttributes: Buffer | null = null;

/** Every signal at its default and none blocked: the same for all programs, so made once. */
function childAttributes(separation: typeof POSIX_SPAWN_SETPGROUP | typeof POSIX_SPAWN_SETSID): Buffer {
  const lib = library();
  const attributes = Buffer.alloc(ATTRIBUTES_BYTES);
  lib.attributesInit(attributes);
  lib.attributesFlags(attributes, separation | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  lib.attributesProcessGroup(attributes, 0);
  lib.attributesSignalDefault(attributes, Buffer.alloc(SIGNAL_SET_BYTES, 0xff));
  lib.attributesSignalMask(attributes, Buffer.alloc(SIGNAL_SET_BYTES));
  return attributes;
}

function attributesForGroup(): Buffer {
  groupAttributes ??= childAttributes(POSIX_SPAWN_SETPGROUP);
  return groupAttributes;
}

function attributesForSession(): Buffer {
  sessionAttributes ??= childAttributes(POSIX_SPAWN_SETSID);
  return sessionAttributes;
}

export interface NativeSpawnRequest {
  /** Path of the executable; no search. */
  readonly file: string;
  readonly argv: readonly string[];
  /** `NAME=value` each. */
  readonly environment: readonly string[];
  readonly directory: string | null;
  /** Descriptors that become 0, 1 and 2. */
  readonly stdio: readonly [number, number, number];
  /** Descriptors that it gets under the same numbers. */
  readonly inherited?: readonly number[];
  /** It leads a session of its own, not only a process group. */
  readonly ownSession?: boolean;
}

/** Starts a program. Throws `SystemError` with the errno of whatever failed: fork, chdir or exec. */
export function posixSpawn(request: NativeSpawnRequest): number {
  const lib = library();
  const attributes = request.ownSession === true ? attributesForSession() : attributesForGroup();
  const actions = spawnActions;
  lib.actionsInit(actions);
  try {
    request.stdio.forEach((fd, target) => {
      lib.actionsDup2(actions, fd, target);
    });
    // Onto itself: that alone takes off the mark that closes it.
    for (const fd of request.inherited ?? []) lib.actionsDup2(actions, fd, fd);
    if (request.directory !== null) lib.actionsChdir(actions, request.directory);
    const pid = [0];
    const errno = lib.posixSpawn(
      pid,
      request.file,
      actions,
      attributes,
      [...request.argv, null],
      [...request.environment, null],
    );
    if (errno !== 0) throw new SystemError('posix_spawn', errno);
    return pid[0] ?? 0;
  } finally {
    lib.actionsDestroy(actions);
  }
}
