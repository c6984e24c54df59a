# session.sh STATE: what sshd runs instead of what a client asks for, which is done inside of the board. STATE holds
# where the board's first process is, its root and its processor; a plain board has no such process.
state=$1
command=${SSH_ORIGINAL_COMMAND:-exec /bin/sh -l}
read -r cpu <"$state/cpu"
if ! [ -f "$state/init" ]; then
  cd -- "$state/root" && HOME=$state/root exec /bin/sh -c "$command"
fi
read -r init <"$state/init"
# chroot is an administrator's tool.
PATH=$PATH:/usr/sbin:/sbin
read -r root <"$state/userland"
exec nsenter -t "$init" --user --mount --pid --preserve-credentials chroot "$root" /usr/bin/env -i HOME=/root USER=root \
  PATH=/usr/local/bin:/usr/bin:/bin "QEMU_CPU=$cpu" /bin/sh -c 'cd && exec /bin/sh -c "$1"' sh "$command"
