/*
 * The program that is supervised in the measurements, and the mark in front of a command.
 *
 *   child FIFO INDEX             tells that it runs, and then does nothing at all
 *   child FIFO INDEX COMMAND…    tells that the command begins, and becomes it
 *
 * What it tells is one line, "INDEX PID NANOSECONDS", by the clock that Node's hrtime reads, so that it does not matter when the
 * measurement gets round to reading it. A line is shorter than PIPE_BUF and therefore never mixed with another.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int main(int count, char **arguments) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  if (count < 3) return 2;
  char line[96];
  int length = snprintf(line, sizeof line, "%s %d %lld\n", arguments[2], (int)getpid(),
                        now.tv_sec * 1000000000LL + now.tv_nsec);
  int fifo = open(arguments[1], O_WRONLY | O_CLOEXEC);
  if (fifo < 0 || write(fifo, line, (size_t)length) != length) return 1;
  close(fifo);
  if (count > 3) {
    execvp(arguments[3], arguments + 3);
    return 127;
  }
  for (;;) pause();
}
