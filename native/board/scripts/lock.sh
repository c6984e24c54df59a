# lock.sh FILE SECONDS: holds the lock of this machine as long as a line comes in every SECONDS at least.
# Prints `held` once; 75 and the name of the holder when another has it.
lock=$1
[ -e "$lock" ] || (umask 0 && : >>"$lock") 2>/dev/null
exec 9<"$lock" || exit 73
if ! flock -n 9; then
  inode=$(stat -L -c %i "$lock")
  while read -r _ _ _ _ pid where _; do
    case $where in
      *:"$inode") stat -c %U "/proc/$pid" 2>/dev/null && break ;;
    esac
  done </proc/locks
  exit 75
fi
echo held
while timeout "$2" sh -c 'read -r _'; do :; done
