# read.sh FILE: a file to standard output; 66 when there is none.
[ -f "$1" ] || exit 66
exec cat -- "$1"
