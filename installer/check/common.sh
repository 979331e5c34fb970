# Shared by the steps; sourced by bash inside the clean Debian.
set -eu -o pipefail

# A line for the person who watches.
checked() { echo "checked: $*"; }

# until_true SECONDS WHAT COMMAND...: waits for COMMAND to be true.
until_true() {
    local limit=$((SECONDS + $1)) what=$2
    shift 2
    until "$@"; do
        if [ "$SECONDS" -ge "$limit" ]; then
            echo "waited in vain until $what"
            return 1
        fi
        sleep 0.1
    done
}

# get PATH [BYTES]: what the server's public listener answers, without any tool of HTTP.
get() {
    exec 3<>/dev/tcp/127.0.0.1/8080
    printf 'GET %s HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n' "$1" >&3
    timeout 20 head -c "${2:-1000}" <&3
    exec 3>&-
}

# Starts the installed server as its service would; its lines go to /tmp/server.log.
serve() {
    runuser -u anchor-server -- anchor-server run --config /etc/anchor-server/server.toml \
        >/tmp/server.out 2>/tmp/server.log &
    until_true 20 "the server is ready" grep -q '^ready$' /tmp/server.out
}

install_packages() {
    apt-get -q update
    apt-get -q install -y --no-install-recommends "$@"
}

# No library of a program is missing.
linked() {
    if ldd "$1" | grep 'not found'; then
        return 1
    fi
}
