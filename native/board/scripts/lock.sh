# lock.sh FILE SECONDS: holds the lock of this machine as long as a line comes in every SECONDS at least.
# Prints `held` once; 75 and the name of the holder when another has it.
lock=$1
[ -e "$lock" ] || (umask 0 && : >>"$lock") 2>/dev/null
# In a folder of everybody's, a link would lead us to a file of ours, and a pipe would hold us for ever.
if [ -h "$lock" ] || [ ! -f "$lock" ]; then
  echo "$lock is no plain file" >&2
  exit 73
fi
# Kernels protect files of others in /tmp from being opened for creation, not from being read.
exec 9<"$lock" || exit 73
if ! flock -n 9; then
  head -n 1 "$lock" | cut -c 1-64
  exit 75
fi
id -un | dd "of=$lock" conv=nocreat 2>/dev/null
echo held
while timeout "$2" sh -c 'read -r _'; do :; done
