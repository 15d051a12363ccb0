# Takes up a job every second. Each leaves a process behind, as careless jobs do.
while :; do
  (sleep 2 &)
  echo "jobs: worker $1 has done a job"
  sleep 1
done
