/*
 * Asks a supervisor, fast enough not to be what is measured.
 *
 *   client SOCKET line WORD                             sends a line to `limit`, prints the answer up to "done"
 *   client SOCKET xml|packed METHOD NAME COUNT WINDOW   makes COUNT requests, WINDOW at a time, with NAME as parameter ("-": none)
 *
 * The second prints the nanoseconds of the whole, and then of each request from its sending to the last byte of its answer.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { input_bytes = 256 * 1024, request_bytes = 1024 };

static const char *socket_path;
static char input[input_bytes + 1];
static size_t input_size, input_at;

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static int connect_socket(void) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  snprintf(address.sun_path, sizeof address.sun_path, "%s", socket_path);
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0) fail(socket_path);
  return fd;
}

static void send_all(int fd, const char *bytes, size_t size) {
  while (size > 0) {
    ssize_t written = write(fd, bytes, size);
    if (written <= 0) fail("write");
    bytes += written;
    size -= (size_t)written;
  }
}

/* Reads more behind what is left; 0 at the end of the connection. */
static size_t read_more(int fd) {
  memmove(input, input + input_at, input_size - input_at);
  input_size -= input_at;
  input_at = 0;
  ssize_t size = read(fd, input + input_size, input_bytes - input_size);
  if (size < 0) fail("read");
  input_size += (size_t)size;
  input[input_size] = 0;
  return (size_t)size;
}

static void need(int fd, size_t size) {
  while (input_size - input_at < size) {
    if (read_more(fd) == 0) fail("the connection ended early");
  }
}

static void skip(int fd, size_t size) {
  while (size > 0) {
    if (input_at == input_size) need(fd, 1);
    size_t part = input_size - input_at < size ? input_size - input_at : size;
    input_at += part;
    size -= part;
  }
}

static unsigned long big_endian(int fd, size_t size) {
  unsigned long number = 0;
  need(fd, size);
  for (size_t at = 0; at < size; at++) number = number << 8 | (unsigned char)input[input_at++];
  return number;
}

/* Passes over one MessagePack value, however deep. */
static void skip_packed(int fd) {
  for (unsigned long left = 1; left > 0; left--) {
    need(fd, 1);
    unsigned char head = (unsigned char)input[input_at++];
    if (head < 0x80 || head >= 0xe0) continue;
    if (head < 0x90) left += 2ul * (head & 15);
    else if (head < 0xa0) left += head & 15;
    else if (head < 0xc0) skip(fd, head & 31);
    else if (head == 0xc4 || head == 0xd9) skip(fd, big_endian(fd, 1));
    else if (head == 0xc5 || head == 0xda) skip(fd, big_endian(fd, 2));
    else if (head == 0xc6 || head == 0xdb) skip(fd, big_endian(fd, 4));
    else if (head == 0xca || head == 0xce || head == 0xd2) skip(fd, 4);
    else if (head == 0xcb || head == 0xcf || head == 0xd3) skip(fd, 8);
    else if (head == 0xcc || head == 0xd0) skip(fd, 1);
    else if (head == 0xcd || head == 0xd1) skip(fd, 2);
    else if (head == 0xdc) left += big_endian(fd, 2);
    else if (head == 0xdd) left += big_endian(fd, 4);
    else if (head == 0xde) left += 2 * big_endian(fd, 2);
    else if (head == 0xdf) left += 2 * big_endian(fd, 4);
  }
}

/* Passes over one HTTP answer with a Content-Length; tells whether the server keeps the connection. */
static int skip_http(int fd) {
  char *end;
  while (!(end = strstr(input + input_at, "\r\n\r\n"))) {
    if (read_more(fd) == 0) fail("the connection ended early");
  }
  char *head = input + input_at;
  *end = 0;
  char *length = strcasestr(head, "content-length:");
  int keeps = !strcasestr(head, "connection: close") && strncmp(head, "HTTP/1.0", 8) != 0;
  if (strncmp(head + 8, " 200", 4) != 0 || !length) {
    fprintf(stderr, "%s\n", head);
    exit(1);
  }
  size_t size = (size_t)atol(length + 15);
  input_at = (size_t)(end + 4 - input);
  skip(fd, size);
  return keeps;
}

static size_t packed_request(char *request, const char *method, const char *name) {
  int has_name = strcmp(name, "-") != 0;
  size_t length = strlen(method);
  char *at = request + sprintf(request, "\x94%c\x01\xd9%c%s", 0, (int)length, method);
  *at++ = (char)(0x90 | has_name);
  if (has_name) at += sprintf(at, "%c%s", (int)(0xa0 | strlen(name)), name);
  return (size_t)(at - request);
}

static size_t http_request(char *request, const char *method, const char *name) {
  char body[request_bytes / 2], parameter[128] = "";
  if (strcmp(name, "-") != 0) sprintf(parameter, "<param>\n<value><string>%s</string></value>\n</param>\n", name);
  int size = sprintf(body, "<?xml version='1.0'?>\n<methodCall>\n<methodName>%s</methodName>\n<params>\n%s</params>\n</methodCall>\n",
                     method, parameter);
  return (size_t)sprintf(request, "POST /RPC2 HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n%s",
                         size, body);
}

static void request_all(int packed, const char *method, const char *name, long count, long window) {
  char *requests = malloc((size_t)window * request_bytes), one[request_bytes];
  long long *sent_at = calloc((size_t)count, sizeof *sent_at), *took = calloc((size_t)count, sizeof *took);
  if (!requests || !sent_at || !took) fail("malloc");
  size_t size = packed ? packed_request(one, method, name) : http_request(one, method, name);
  for (long each = 0; each < window; each++) memcpy(requests + (size_t)each * size, one, size);
  int fd = connect_socket();
  long sent = 0, received = 0;
  long long began = now();
  while (received < count) {
    long room = window - (sent - received);
    /* Half a window at a time: the server works on one half while the other is asked for. */
    if (sent < count && (sent == received || room >= (window + 1) / 2)) {
      long part = room < count - sent ? room : count - sent;
      long long at = now();
      for (long each = 0; each < part; each++) sent_at[sent + each] = at;
      send_all(fd, requests, size * (size_t)part);
      sent += part;
    }
    int keeps = 1;
    if (packed) skip_packed(fd);
    else keeps = skip_http(fd);
    took[received] = now() - sent_at[received];
    received++;
    if (!keeps && received < count) {
      close(fd);
      fd = connect_socket();
      input_at = input_size = 0;
      sent = received;
    }
  }
  printf("%lld\n", now() - began);
  for (long each = 0; each < count; each++) printf("%lld\n", took[each]);
}

static void send_line(const char *word) {
  int fd = connect_socket();
  char line[64];
  send_all(fd, line, (size_t)snprintf(line, sizeof line, "%s\n", word));
  for (;;) {
    if (read_more(fd) == 0) exit(1);
    if (input_size >= 5 && memcmp(input + input_size - 5, "done\n", 5) == 0) break;
  }
  if (fwrite(input, 1, input_size - 5, stdout) == 0) return;
}

int main(int count, char **arguments) {
  if (count < 4) return 2;
  socket_path = arguments[1];
  if (strcmp(arguments[2], "line") == 0) {
    send_line(arguments[3]);
  } else if (count >= 7) {
    request_all(arguments[2][0] == 'p', arguments[3], arguments[4], atol(arguments[5]), atol(arguments[6]));
  } else {
    return 2;
  }
  return 0;
}
