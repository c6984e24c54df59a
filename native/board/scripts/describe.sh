# describe.sh: what this machine is, one `key=value` a line; `compiler=NAME<tab>VERSION LINE` once for each that is there.
LC_ALL=C; export LC_ALL
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
say() { printf '%s=%s\n' "$1" "$2"; }
first() { [ -r "$1" ] && tr '\0' '\n' <"$1" | head -n 1; }
say machine "$(uname -m)"
say system "$(uname -s)"
say kernel "$(uname -r)"
say boot "$(first /proc/sys/kernel/random/boot_id)"
say cores "$(nproc 2>/dev/null)"
say model "$(first /sys/firmware/devicetree/base/model || first /sys/class/dmi/id/product_name)"
say isa "$(sed -n 's/^isa[[:space:]]*: *//p' /proc/cpuinfo | head -n 1)"
say user "$(id -un)"
say time "$(date +%s)"
[ -r /etc/os-release ] && (. /etc/os-release && say distribution "$ID" && say like "$ID_LIKE" && say release "$PRETTY_NAME")
for policy in /sys/devices/system/cpu/cpufreq/policy*; do
  [ -r "$policy/cpuinfo_max_freq" ] && say kilohertz "$(first "$policy/cpuinfo_max_freq")"
done
[ -r /proc/meminfo ] && sed -n 's/^MemTotal: *\([0-9]*\) kB/memory=\1/p' /proc/meminfo
say paranoid "$(first /proc/sys/kernel/perf_event_paranoid)"
for tool in make flock setsid timeout sha256sum dd stat; do
  command -v "$tool" >/dev/null && say tool "$tool"
done
for name in clang clang-22 clang-21 clang-20 clang-19 clang-18 clang-17 gcc gcc-16 gcc-15 gcc-14 cc; do
  command -v "$name" >/dev/null && printf 'compiler=%s\t%s\n' "$name" "$("$name" --version 2>/dev/null | head -n 1)"
done
exit 0
