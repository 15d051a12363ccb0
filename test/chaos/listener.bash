#!/bin/bash
# An event listener that accepts every event, and starts no other process for it.
ulimit -c 0
LC_ALL=C
while printf 'READY\n' && read -r header; do
  length=${header##*len:}
  read -r -N "$length" _ || exit 1
  printf 'RESULT 2\nOK'
done
