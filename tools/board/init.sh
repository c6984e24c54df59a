# init.sh ROOT STATE QEMU: the first process of an emulated board, in namespaces of its own. Makes riscv64 programs
# runnable there and gives the board what is its own: home, /tmp, /run and /sys. Its root stays read-only.
set -eu
root=$1 state=$2 qemu=$3
mount --make-rprivate /
mount -t binfmt_misc none /proc/sys/fs/binfmt_misc
# The first 20 bytes of a riscv64 ELF file and which bits of them count. F: the emulator is opened now, outside of root.
magic='\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xf3\x00'
mask='\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff'
printf '%s' ":riscv64:M::$magic:$mask:$qemu:F" >/proc/sys/fs/binfmt_misc/register
mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
mount -t proc none "$root/proc" 2>/dev/null || mount --rbind /proc "$root/proc"
mount --rbind /dev "$root/dev"
for folder in home root tmp run sys; do
  mkdir -p "$state/$folder"
  mount --bind "$state/$folder" "$root/$folder"
done
chmod 1777 "$state/tmp"
# A small disk, for a board that is to run full.
if [ -n "${BOARD_DISK:-}" ]; then
  mount -t tmpfs -o "size=$BOARD_DISK" none "$root/root"
fi
echo $$ >"$state/ready"
# The shell takes in the processes that lose their parents, and ends with whoever holds its standard input.
cat >/dev/null
