. /packages/common.sh
anchor-server check --config /etc/anchor-server/server.toml
serve
test "$(get /healthz | tail -n 1)" = ok
checked "healthz: $(get /healthz | head -n 1)"
# Listening sockets (state 0A) of proc(5)'s net/tcp: none but 127.0.0.1 (0100007F), none of IPv6.
listening=$(awk '$4 == "0A" { print $2 }' /proc/net/tcp)
test "$(echo "$listening" | wc -l)" = 3
test -z "$(echo "$listening" | grep -v '^0100007F:')"
test -z "$(awk '$4 == "0A"' /proc/net/tcp6 2>/dev/null)"
checked "listens on loopback alone, at $(echo "$listening" | wc -l) ports"
