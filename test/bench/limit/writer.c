/*
 * A supervised program that writes to its standard output.
 *
 *   writer FIFO INDEX SIZE TOTAL      waits for SIGUSR1, then writes TOTAL bytes in writes of SIZE, each ending in a line feed
 *   writer FIFO INDEX stamps COUNT    waits for SIGUSR1, then writes COUNT lines of 64 bytes, each with the time it was written
 *
 * It tells that it runs as `child` does, and once more when it has written everything.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { stamp_bytes = 64, pause_ns = 3000000 };

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void mark(const char *fifo_path, const char *index) {
  char line[96];
  int length = snprintf(line, sizeof line, "%s %d %lld\n", index, (int)getpid(), now());
  int fifo = open(fifo_path, O_WRONLY | O_CLOEXEC);
  if (fifo < 0 || write(fifo, line, (size_t)length) != length) exit(1);
  close(fifo);
}

static void write_all(const char *bytes, size_t size) {
  while (size > 0) {
    ssize_t written = write(1, bytes, size);
    if (written <= 0) exit(1);
    bytes += written;
    size -= (size_t)written;
  }
}

static void write_blocks(size_t size, long long total) {
  char *block = malloc(size);
  if (!block) exit(1);
  for (size_t at = 0; at < size; at++) block[at] = (char)(at % 100 == 99 ? '\n' : 'a' + at % 26);
  block[size - 1] = '\n';
  for (long long left = total; left > 0; left -= (long long)size) write_all(block, left < (long long)size ? (size_t)left : size);
}

static void write_stamps(long count) {
  char line[stamp_bytes + 1];
  for (long done = 0; done < count; done++) {
    /* Uneven, so as not to beat in time with a poll of the supervisor. */
    struct timespec rest = {0, pause_ns + (done * 7919L % 1000) * 1000};
    nanosleep(&rest, NULL);
    snprintf(line, sizeof line, "%020lld %042d\n", now(), 0);
    write_all(line, stamp_bytes);
  }
}

int main(int count, char **arguments) {
  if (count < 5) return 2;
  sigset_t go;
  int received;
  sigemptyset(&go);
  sigaddset(&go, SIGUSR1);
  sigprocmask(SIG_BLOCK, &go, NULL);
  mark(arguments[1], arguments[2]);
  sigwait(&go, &received);
  if (strcmp(arguments[3], "stamps") == 0) {
    write_stamps(atol(arguments[4]));
  } else {
    write_blocks((size_t)atol(arguments[3]), atoll(arguments[4]));
  }
  mark(arguments[1], arguments[2]);
  for (;;) pause();
}
