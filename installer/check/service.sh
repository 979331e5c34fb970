# The service as a real systemd runs it, with all that its unit denies it.
. /packages/common.sh
systemctl start anchor-server
well() { get /healthz 2>/dev/null | tail -n 1 | grep '^ok$' >/dev/null; }
until_true 20 "the service answers" well
pid=$(systemctl show --property MainPID --value anchor-server)
runuser -u anchor-server -- anchor-server key add checked --data /var/lib/anchor-server >/dev/null
test "$(stat -c %U "/proc/$pid")" = anchor-server
status() { awk -v name="$1:" '$1 == name { print $2 }' "/proc/$pid/status"; }
test "$(status CapEff)" = 0000000000000000
test "$(status NoNewPrivs)" = 1
test "$(status Seccomp)" = 2
systemctl restart anchor-server
until_true 20 "the service answers again" well
systemctl stop anchor-server
test "$(systemctl show --property Result --value anchor-server)" = success
checked "under systemd: $(systemd-analyze security anchor-server.service --no-pager 2>/dev/null | tail -n 1 | sed 's/^[^O]*//')"
