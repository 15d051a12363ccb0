# Works on one item after another, and says so.
trap 'echo "worker $1: putting my tools away"; exit 0' TERM
item=0
while :; do
  item=$((item + 1))
  echo "worker $1: item $item done"
  sleep 1
done
