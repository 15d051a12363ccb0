#!/bin/bash
# Writes numbered lines to standard output and error for ever, and counts each in a file beside as soon as it is written,
# so that a test knows how many there must be in the log. Standard input takes orders: "burst N", "leave STATUS"; anything
# else is repeated. $1 is what to do with SIGTERM: "obey" or "ignore". No line is longer than a pipe takes in one piece.
ulimit -c 0
LC_ALL=C
trap '' HUP USR1 USR2
if [ "$1" = ignore ]; then trap '' TERM; else trap 'exit 0' TERM; fi
mark=$SUPERVISOR_GROUP_NAME.$SUPERVISOR_PROCESS_NAME.$$.${EPOCHREALTIME/[.,]/}
exec 7>>"$COUNTS/$mark.out" 8>>"$COUNTS/$mark.err"
padding=................................................................................................................
out=0
err=0
say() {
  out=$((out + 1))
  printf '%s.out %d %s\n' "$mark" "$out" "$1" && printf . >&7
}
complain() {
  err=$((err + 1))
  printf '%s.err %d %s\n' "$mark" "$err" "$1" >&2 && printf . >&8
}
while true; do
  say "${padding:$((RANDOM % 112))}"
  if ((RANDOM % 4 == 0)); then complain "${padding:$((RANDOM % 112))}"; fi
  if read -r -t 0.05 order; then
    case $order in
      burst\ *) for ((left = ${order#* }; left > 0; left--)); do say "$padding$padding$padding$padding"; done ;;
      leave\ *) exit "${order#* }" ;;
      *) say "$order" ;;
    esac
  elif [ $? -le 128 ]; then
    sleep 0.05
  fi
done
