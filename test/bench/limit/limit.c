/*
 * What the machine allows: a "supervisor" that only does vfork, exec, waitpid, epoll, read and write. It starts a number of
 * equal programs, starts each again as soon as it ends, copies their output to files, and answers the two requests that are
 * measured with texts of the size that Supervisor's have. It has no states, no checks, no configuration, and no mercy: it is the
 * yardstick of `npm run bench`, nothing to use.
 *
 *   limit SOCKET LOGS COUNT COMMAND…     %d in an argument is the number of the program; LOGS is a folder
 *
 * The socket understands a line `stop`, `start` or `status`, MessagePack-RPC, and XML-RPC by HTTP. SIGTERM ends all programs and
 * then itself.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { pid_limit = 1 << 22, most_clients = 1024, output_bytes = 64 * 1024, reply_bytes_each = 2048 };

struct program {
  pid_t pid; /* 0 when it does not run */
  int output, log;
  long started;
};

struct client {
  int fd; /* 0 when free */
  int waits; /* for an order to be done */
  char *input;
  size_t size, room;
};

static struct program *programs;
static int program_count, running, wanted = 1, ending;
static int owners[pid_limit]; /* of a process id, the program and one */
static struct client clients[most_clients];
static int poll_fd, signal_fd, listen_fd, null_fd;
static const char *log_folder;
static char **command;
static sigset_t watched;
static char output_buffer[output_bytes];
static char *reply;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

/* ---- programs ---- */

enum kind { kind_signal, kind_listener, kind_program, kind_client };

static void watch(int fd, enum kind kind, int index) {
  struct epoll_event event = {.events = EPOLLIN, .data.u64 = (unsigned long long)kind << 32 | (unsigned)index};
  if (epoll_ctl(poll_fd, EPOLL_CTL_ADD, fd, &event) < 0) fail("epoll_ctl");
}

static void start(int index) {
  struct program *program = &programs[index];
  char numbers[16][128], *arguments[17];
  int count = 0;
  for (; command[count] && count < 16; count++) {
    char *hole = strstr(command[count], "%d");
    if (hole) {
      snprintf(numbers[count], sizeof numbers[count], "%.*s%d%s", (int)(hole - command[count]), command[count], index, hole + 2);
    }
    arguments[count] = hole ? numbers[count] : command[count];
  }
  arguments[count] = NULL;
  int ends[2];
  if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0) fail("pipe2");
  int flags = fcntl(ends[1], F_GETFL);
  fcntl(ends[1], F_SETFL, flags & ~O_NONBLOCK);
  pid_t pid = vfork();
  if (pid < 0) fail("vfork");
  if (pid == 0) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    dup2(null_fd, 0);
    dup2(ends[1], 1);
    dup2(ends[1], 2);
    execv(arguments[0], arguments);
    _exit(127);
  }
  close(ends[1]);
  program->pid = pid;
  program->output = ends[0];
  program->started = (long)time(NULL);
  owners[pid] = index + 1;
  running++;
  watch(ends[0], kind_program, index);
}

/* Copies what there is; the end of a pipe is dealt with when its program is reaped. */
static void copy_output(int index) {
  struct program *program = &programs[index];
  if (program->output < 0) return;
  ssize_t size = read(program->output, output_buffer, output_bytes);
  if (size <= 0) {
    if (size == 0 || errno != EAGAIN) {
      close(program->output);
      program->output = -1;
    }
    return;
  }
  for (ssize_t done = 0; done < size;) {
    ssize_t written = write(program->log, output_buffer + done, (size_t)(size - done));
    if (written < 0) fail("write");
    done += written;
  }
}

static void signal_all(int number) {
  for (int index = 0; index < program_count; index++) {
    if (programs[index].pid) kill(programs[index].pid, number);
  }
}

static void answer_waiting(void) {
  for (int index = 0; index < most_clients; index++) {
    if (!clients[index].fd || !clients[index].waits) continue;
    clients[index].waits = 0;
    if (write(clients[index].fd, "done\n", 5) < 0) continue;
  }
}

static void reap(void) {
  int status;
  for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
    int index = owners[pid] - 1;
    if (index < 0) continue;
    owners[pid] = 0;
    running--;
    programs[index].pid = 0;
    if (programs[index].output >= 0) close(programs[index].output);
    if (wanted) start(index);
  }
  if (running == 0 && ending) exit(0);
  if (running == 0 && !wanted) answer_waiting();
}

/* ---- answers ---- */

static char *pack_text(char *at, const char *text) {
  size_t length = strlen(text);
  if (length < 32) {
    *at++ = (char)(0xa0 | length);
  } else {
    *at++ = (char)0xd9;
    *at++ = (char)length;
  }
  memcpy(at, text, length);
  return at + length;
}

static char *pack_number(char *at, unsigned number) {
  *at++ = (char)0xce;
  for (int shift = 24; shift >= 0; shift -= 8) *at++ = (char)(number >> shift);
  return at;
}

static void describe(int index, char *description, char *log) {
  const struct program *program = &programs[index];
  long seconds = (long)time(NULL) - program->started;
  sprintf(description, "pid %d, uptime %ld:%02ld:%02ld", (int)program->pid, seconds / 3600, seconds / 60 % 60, seconds % 60);
  sprintf(log, "%s/%d.log", log_folder, index);
}

static char *pack_program(char *at, int index) {
  const struct program *program = &programs[index];
  char name[16], description[64], log[160];
  sprintf(name, "%d", index);
  describe(index, description, log);
  *at++ = (char)0x8e;
  at = pack_text(pack_text(at, "name"), name);
  at = pack_text(pack_text(at, "group"), "p");
  at = pack_number(pack_text(at, "start"), (unsigned)program->started);
  at = pack_number(pack_text(at, "stop"), 0);
  at = pack_number(pack_text(at, "now"), (unsigned)time(NULL));
  at = pack_number(pack_text(at, "state"), program->pid ? 20 : 0);
  at = pack_text(pack_text(at, "statename"), program->pid ? "RUNNING" : "STOPPED");
  at = pack_text(pack_text(at, "spawnerr"), "");
  at = pack_number(pack_text(at, "exitstatus"), 0);
  at = pack_text(pack_text(at, "logfile"), log);
  at = pack_text(pack_text(at, "stdout_logfile"), log);
  at = pack_text(pack_text(at, "stderr_logfile"), "");
  at = pack_number(pack_text(at, "pid"), (unsigned)program->pid);
  return pack_text(pack_text(at, "description"), description);
}

static char *print_program(char *at, int index) {
  const struct program *program = &programs[index];
  char description[64], log[160];
  describe(index, description, log);
  return at + sprintf(at,
    "<value><struct>\n<member>\n<name>name</name>\n<value><string>%d</string></value>\n</member>\n"
    "<member>\n<name>group</name>\n<value><string>p</string></value>\n</member>\n"
    "<member>\n<name>start</name>\n<value><int>%ld</int></value>\n</member>\n"
    "<member>\n<name>stop</name>\n<value><int>0</int></value>\n</member>\n"
    "<member>\n<name>now</name>\n<value><int>%ld</int></value>\n</member>\n"
    "<member>\n<name>state</name>\n<value><int>%d</int></value>\n</member>\n"
    "<member>\n<name>statename</name>\n<value><string>%s</string></value>\n</member>\n"
    "<member>\n<name>spawnerr</name>\n<value><string></string></value>\n</member>\n"
    "<member>\n<name>exitstatus</name>\n<value><int>0</int></value>\n</member>\n"
    "<member>\n<name>logfile</name>\n<value><string>%s</string></value>\n</member>\n"
    "<member>\n<name>stdout_logfile</name>\n<value><string>%s</string></value>\n</member>\n"
    "<member>\n<name>stderr_logfile</name>\n<value><string></string></value>\n</member>\n"
    "<member>\n<name>pid</name>\n<value><int>%d</int></value>\n</member>\n"
    "<member>\n<name>description</name>\n<value><string>%s</string></value>\n</member>\n</struct></value>\n",
    index, program->started, (long)time(NULL), program->pid ? 20 : 0, program->pid ? "RUNNING" : "STOPPED", log, log,
    (int)program->pid, description);
}

static void send_all(int fd, const char *bytes, size_t size) {
  while (size > 0) {
    ssize_t written = write(fd, bytes, size);
    if (written <= 0) return;
    bytes += written;
    size -= (size_t)written;
  }
}

/* The number behind "p:" of a name, as the measurements ask for it. */
static int asked_program(const char *text) {
  const char *name = strstr(text, "p:");
  int index = name ? atoi(name + 2) : 0;
  return index >= 0 && index < program_count ? index : 0;
}

/* One MessagePack-RPC request, [0, id, method, params] with an id of up to 32 bits; the bytes it takes, 0 when it is not whole. */
static size_t answer_packed(struct client *client, const unsigned char *input, size_t size, char **answer) {
  size_t at = 2, id_at = at;
  if (size < 8) return 0;
  at += input[at] == 0xce ? 5 : input[at] == 0xcd ? 3 : input[at] == 0xcc ? 2 : 1;
  size_t id_size = at - id_at;
  if (at + 2 > size) return 0;
  size_t method_size = input[at] == 0xd9 ? input[at + 1] : input[at] & 31u;
  at += input[at] == 0xd9 ? 2 : 1;
  const char *method = (const char *)input + at;
  at += method_size;
  if (at >= size) return 0;
  int parameters = input[at++] & 15, index = 0;
  if (parameters > 0) {
    if (at >= size || at + 1 + (input[at] & 31u) > size) return 0;
    char name[33] = "";
    memcpy(name, input + at + 1, input[at] & 31u);
    index = asked_program(name);
    at += 1 + (input[at] & 31u);
  }
  char *end = *answer;
  *end++ = (char)0x94;
  *end++ = 1;
  memcpy(end, input + id_at, id_size);
  end += id_size;
  *end++ = (char)0xc0;
  if (memcmp(method, "supervisor.getAll", 17) == 0) {
    *end++ = (char)0xdc;
    *end++ = (char)(program_count >> 8);
    *end++ = (char)program_count;
    for (int each = 0; each < program_count; each++) end = pack_program(end, each);
  } else {
    end = pack_program(end, index);
  }
  (void)client;
  *answer = end;
  return at;
}

/* One HTTP request with an XML-RPC call in it; the bytes it takes, 0 when it is not whole. */
static size_t answer_http(struct client *client, char *input, size_t size, char **answer) {
  static char *body;
  char *head_end = memmem(input, size, "\r\n\r\n", 4);
  if (!head_end) return 0;
  char *length_at = strcasestr(input, "content-length:");
  size_t head = (size_t)(head_end + 4 - input), length = length_at && length_at < head_end ? (size_t)atol(length_at + 15) : 0;
  if (size < head + length) return 0;
  if (!body && !(body = malloc((size_t)(program_count + 1) * reply_bytes_each))) fail("malloc");
  char *at = body + sprintf(body, "<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n<value>");
  if (strstr(input + head, "getAll")) {
    at += sprintf(at, "<array><data>\n");
    for (int index = 0; index < program_count; index++) at = print_program(at, index);
    at += sprintf(at, "</data></array>");
  } else {
    at = print_program(at, asked_program(input + head));
  }
  at += sprintf(at, "</value>\n</param>\n</params>\n</methodResponse>\n");
  char *end = *answer;
  end += sprintf(end, "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: %zu\r\n\r\n", (size_t)(at - body));
  memcpy(end, body, (size_t)(at - body));
  (void)client;
  *answer = end + (at - body);
  return head + length;
}

static size_t answer_line(struct client *client, char *input, size_t size, char **answer) {
  char *feed = memchr(input, '\n', size);
  if (!feed) return 0;
  if (strncmp(input, "stop", 4) == 0) {
    wanted = 0;
    client->waits = 1;
    signal_all(SIGTERM);
  } else if (strncmp(input, "start", 5) == 0) {
    wanted = 1;
    for (int index = 0; index < program_count; index++) {
      if (!programs[index].pid) start(index);
    }
    *answer += sprintf(*answer, "done\n");
  } else {
    for (int index = 0; index < program_count; index++) {
      char description[64], log[160];
      describe(index, description, log);
      *answer += sprintf(*answer, "p:%-30d %-9s %s\n", index, programs[index].pid ? "RUNNING" : "STOPPED", description);
    }
    *answer += sprintf(*answer, "done\n");
  }
  return (size_t)(feed + 1 - input);
}

static void serve(int index) {
  struct client *client = &clients[index];
  if (client->size + 1 + output_bytes > client->room) {
    client->room = client->room * 2 + 2 * output_bytes;
    if (!(client->input = realloc(client->input, client->room))) fail("realloc");
  }
  ssize_t size = read(client->fd, client->input + client->size, client->room - client->size - 1);
  if (size <= 0) {
    close(client->fd);
    free(client->input);
    memset(client, 0, sizeof *client);
    return;
  }
  client->size += (size_t)size;
  client->input[client->size] = 0;
  size_t done = 0;
  while (done < client->size) {
    char *input = client->input + done, *end = reply;
    size_t left = client->size - done;
    unsigned char first = (unsigned char)*input;
    size_t taken = first >= 0x90 ? answer_packed(client, (unsigned char *)input, left, &end)
                   : first >= 'A' && first <= 'Z' ? answer_http(client, input, left, &end)
                                                  : answer_line(client, input, left, &end);
    if (taken == 0) break;
    send_all(client->fd, reply, (size_t)(end - reply));
    done += taken;
  }
  memmove(client->input, client->input + done, client->size - done);
  client->size -= done;
}

static void admit(void) {
  int fd = accept4(listen_fd, NULL, NULL, SOCK_CLOEXEC);
  if (fd < 0) return;
  for (int index = 0; index < most_clients; index++) {
    if (clients[index].fd) continue;
    clients[index].fd = fd;
    watch(fd, kind_client, index);
    return;
  }
  close(fd);
}

static void take_signal(void) {
  struct signalfd_siginfo info;
  if (read(signal_fd, &info, sizeof info) < 0) return;
  if (info.ssi_signo == SIGTERM) {
    ending = 1;
    wanted = 0;
    signal_all(SIGTERM);
  }
  reap();
}

int main(int count, char **arguments) {
  if (count < 5) return 2;
  log_folder = arguments[2];
  program_count = atoi(arguments[3]);
  command = arguments + 4;
  programs = calloc((size_t)program_count, sizeof *programs);
  reply = malloc((size_t)(program_count + 1) * reply_bytes_each);
  if (!programs || !reply) fail("malloc");
  signal(SIGPIPE, SIG_IGN);
  sigemptyset(&watched);
  sigaddset(&watched, SIGCHLD);
  sigaddset(&watched, SIGTERM);
  sigprocmask(SIG_BLOCK, &watched, NULL);
  poll_fd = epoll_create1(EPOLL_CLOEXEC);
  signal_fd = signalfd(-1, &watched, SFD_CLOEXEC);
  null_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  snprintf(address.sun_path, sizeof address.sun_path, "%s", arguments[1]);
  listen_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (bind(listen_fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(listen_fd, 128) < 0) fail("listen");
  watch(signal_fd, kind_signal, 0);
  watch(listen_fd, kind_listener, 0);
  for (int index = 0; index < program_count; index++) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%d.log", log_folder, index);
    programs[index].log = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (programs[index].log < 0) fail(path);
    start(index);
  }
  for (;;) {
    struct epoll_event events[64];
    int ready = epoll_wait(poll_fd, events, 64, -1);
    for (int each = 0; each < ready; each++) {
      int index = (int)(events[each].data.u64 & 0xffffffff);
      switch ((enum kind)(events[each].data.u64 >> 32)) {
        case kind_signal: take_signal(); break;
        case kind_listener: admit(); break;
        case kind_program: copy_output(index); break;
        case kind_client: serve(index); break;
      }
    }
  }
}
