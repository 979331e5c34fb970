. /packages/common.sh
install_packages /packages/anchor-server.deb
linked /usr/bin/anchor-server
test "$(stat -c '%U %a' /var/lib/anchor-server)" = "anchor-server 750"
test ! -e /etc/systemd/system/multi-user.target.wants/anchor-server.service
checked "$(anchor-server --version)"
