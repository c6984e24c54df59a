# conditions.sh: what disturbs a measurement, one `key value…` a line:
#   governor POLICY NAME, frequency POLICY KILOHERTZ, temperature ZONE MILLIDEGREES, cpus LIST, load AVERAGE, running N
LC_ALL=C; export LC_ALL
for policy in /sys/devices/system/cpu/cpufreq/policy*; do
  [ -r "$policy/scaling_governor" ] && read -r value <"$policy/scaling_governor" && echo "governor ${policy##*/} $value"
  [ -r "$policy/scaling_cur_freq" ] && read -r value <"$policy/scaling_cur_freq" && echo "frequency ${policy##*/} $value"
done
for zone in /sys/class/thermal/thermal_zone*; do
  [ -r "$zone/temp" ] && read -r value <"$zone/temp" 2>/dev/null && echo "temperature ${zone##*/} $value"
done
while read -r key value; do
  [ "$key" = Cpus_allowed_list: ] && echo "cpus $value"
done </proc/self/status
read -r load _ _ running _ </proc/loadavg && echo "load $load" && echo "running ${running%%/*}"
exit 0
