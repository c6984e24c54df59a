# clean.sh PLACE KILOBYTES: removes the contents that were used longest ago until at most KILOBYTES are left, parts and
# working folders a day old, and prints `removed KILOBYTES kept KILOBYTES`. With 0 everything goes.
LC_ALL=C; export LC_ALL
cd -- "$1" || exit 73
limit=$2
before=$(du -sk . | cut -f 1)
if [ "$limit" -eq 0 ]; then
  rm -rf objects parts fresh work
else
  find parts -type f -mtime +0 -exec rm -f {} +
  find work -mindepth 1 -maxdepth 1 -mtime +0 -exec rm -rf {} +
  kept=0
  for object in $(ls -t objects); do
    blocks=$(du -k "objects/$object" | cut -f 1)
    if [ $((kept + blocks)) -gt "$limit" ]; then
      rm -f "objects/$object" "fresh/$object"
    else
      kept=$((kept + blocks))
    fi
  done
fi
after=$(du -sk . | cut -f 1)
echo "removed $((before - after)) kept $after"
