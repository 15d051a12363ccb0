/*
 * watcher FILE COUNT: looks without a pause for the lines that `writer … stamps` makes, and prints for each how many nanoseconds
 * after the moment it was written it could be read from the file.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { stamp_bytes = 64, patience_s = 30 };

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

int main(int count, char **arguments) {
  if (count < 3) return 2;
  int file = open(arguments[1], O_RDONLY);
  if (file < 0) return 1;
  long wanted = atol(arguments[2]);
  long long deadline = now() + patience_s * 1000000000LL;
  char line[stamp_bytes + 1];
  for (long seen = 0; seen < wanted;) {
    ssize_t size = pread(file, line, stamp_bytes, seen * stamp_bytes);
    long long at = now();
    if (size == stamp_bytes) {
      line[stamp_bytes] = 0;
      printf("%lld\n", at - atoll(line));
      seen++;
    } else if (at > deadline) {
      return 1;
    }
  }
  return 0;
}
