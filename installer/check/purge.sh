. /packages/common.sh
dpkg-query -W -f '${Package}\n' 'anchor-s*' | xargs apt-get -q purge -y
left=$(find /usr /etc /var/lib /lib -path '*/info/*' -prune -o -name '*anchor-s*' -print)
test -z "$left" || { echo "left: $left"; exit 1; }
checked "nothing is left of them"
