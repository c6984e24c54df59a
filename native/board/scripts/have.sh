# have.sh PLACE BOOT HASH...: what is there of contents, one `HASH there | HASH SIZE-OF-ITS-PART` a line.
# Contents that came before the machine was last started are hashed once more: after a power cut a file may be hollow.
cd -- "$1" || exit 73
boot=$2
shift 2
for hash; do
  object=objects/$hash
  if [ -f "$object" ] && [ -f "fresh/$hash" ]; then
    read -r then <"fresh/$hash"
    if [ "$then" != "$boot" ]; then
      sum=$(sha256sum "$object")
      [ "${sum%% *}" = "$hash" ] || rm -f "$object"
      rm -f "fresh/$hash"
    fi
  fi
  if [ -f "$object" ]; then
    touch -c "$object"
    echo "$hash there"
  elif [ -f "parts/$hash" ]; then
    echo "$hash $(wc -c <"parts/$hash")"
  else
    echo "$hash 0"
  fi
done
