# write.sh FILE BLOCKS: writes standard input to a file, behind its first BLOCKS blocks of 64 KiB.
umask 077
exec dd "of=$1" bs=65536 "seek=$2" conv=notrunc 2>&1
