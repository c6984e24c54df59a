# link.sh PLACE WORK (HASH NAME)...: puts objects into a working folder under their names.
# Prints the folder; 66 and the hash of an object that is not there.
umask 077
cd -- "$1" || exit 73
work=$2
shift 2
mkdir -p -- "work/$work" || exit 73
while [ $# -gt 1 ]; do
  [ -f "objects/$1" ] || { echo "$1"; exit 66; }
  case $2 in
    */*) mkdir -p -- "work/$work/${2%/*}" || exit 73 ;;
  esac
  # A file system without hard links gets a copy.
  ln -f -- "objects/$1" "work/$work/$2" 2>/dev/null || cp -f -- "objects/$1" "work/$work/$2" || exit 74
  shift 2
done
