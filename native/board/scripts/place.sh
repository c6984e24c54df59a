# place.sh [FOLDER]: makes the folder of ait-rvv on this machine and says where it is.
# Prints place=PATH, boot=ID, free=KILOBYTES, used=KILOBYTES; 73 when the folder cannot be made.
LC_ALL=C; export LC_ALL
folder=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/ait-rvv}
# A name such as - or ~ means nothing special.
case $folder in /*) ;; *) folder=./$folder ;; esac
umask 077
mkdir -p -- "$folder/objects" "$folder/parts" "$folder/fresh" "$folder/work" || exit 73
cd -- "$folder" || exit 73
boot=
[ -r /proc/sys/kernel/random/boot_id ] && read -r boot </proc/sys/kernel/random/boot_id
printf 'place=%s\nboot=%s\n' "$(pwd -P)" "$boot"
printf 'used=%s\n' "$(du -sk . | cut -f 1)"
df -Pk . | { read -r _; read -r _ _ _ free _; printf 'free=%s\n' "$free"; }
