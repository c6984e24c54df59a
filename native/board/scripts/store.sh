# store.sh PLACE BOOT HASH SIZE trust|check: makes a part that is complete an object.
# 65 when the part is not what it should be; it is gone then.
cd -- "$1" || exit 73
boot=$2 hash=$3 size=$4 trust=$5
part=parts/$hash
[ -f "objects/$hash" ] && exit 0
bytes=$(wc -c 2>/dev/null <"$part") || bytes=-1
if [ "$bytes" -ne "$size" ]; then
  [ -f "objects/$hash" ] && exit 0
  rm -f "$part"
  exit 65
fi
if [ "$trust" = check ]; then
  sum=$(sha256sum "$part")
  if [ "${sum%% *}" != "$hash" ]; then
    rm -f "$part"
    exit 65
  fi
fi
# Nobody waits for the disk; have.sh looks again after the next start.
printf '%s\n' "$boot" >"fresh/$hash" || exit 74
# Programs are objects, too, and no object is ever written to. Somebody else who sends the same may have been first.
{ chmod 500 "$part" && mv -f "$part" "objects/$hash"; } 2>/dev/null || [ -f "objects/$hash" ]
