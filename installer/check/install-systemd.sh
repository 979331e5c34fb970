. /packages/common.sh
install_packages systemd systemd-sysv
