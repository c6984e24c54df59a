# supervise.sh FOLDER SECONDS PROGRAM [ARGUMENT...]: runs a program in a session of its own, as long as standard input
# stays open and no longer than SECONDS. Whatever ends it, its whole process group goes. Exits as the program does.
cd -- "$1" || exit 73
seconds=$2
shift 2
exec 3<&0
setsid timeout -s KILL "$seconds" "$@" </dev/null 3<&- &
program=$!
{
  # Standard input ends when the other side lets go or the connection is cut.
  cat
  while kill -0 "$program"; do
    kill -KILL "-$program" || sleep 1
  done
} <&3 >/dev/null 2>&1 &
guard=$!
exec 3<&-
# The shell would say in words what the exit code says.
wait "$program" 2>/dev/null
code=$?
kill -KILL "$guard" 2>/dev/null
# What the program has started and left behind in its group.
kill -KILL "-$program" 2>/dev/null
exit "$code"
