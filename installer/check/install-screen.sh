# What stands in for a desktop; the studio's own dependencies were proven before.
. /packages/common.sh
install_packages dbus x11-apps x11-utils xauth xvfb
