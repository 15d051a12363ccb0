# Works for a while between 5 and 20 seconds, then crashes.
patience=$((5 + $$ % 16))
echo "in the mood for $patience seconds"
while [ "$patience" -gt 0 ]; do
  sleep 1
  patience=$((patience - 1))
done
echo "that is enough" >&2
exit 70
