# The window under Xvfb: it opens, shows the demo show's pictures, lives on, and ends when it is asked to.
. /packages/common.sh
cat >/tmp/window.sh <<'INSIDE'
. /packages/common.sh
anchor-studio-desktop --keep /home/seller/keep &
window=$!
titled() { xwininfo -root -tree | grep 'Anchor Studio"' >/dev/null; }
until_true 60 "a window is titled Anchor Studio" titled
colours() { xwd -root -silent | tail -c +4096 | od -An -v -tx4 -w4 | sort -u | wc -l; }
# Words and buttons have some hundred; the demo show's pictures have tens of thousands.
painted() { test "$(colours)" -ge 5000; }
until_true 60 "the window shows pictures" painted
kill -0 "$window"
xwd -root -silent >/tmp/window.xwd
checked "the window shows $(colours) colours"
# The studio's process is the one that was told that another watches over it.
studio() { grep -lzx '[-]-alone' /proc/[0-9]*/cmdline 2>/dev/null | cut -d / -f 3; }
back() { test -n "$(studio)" && test "$(studio)" != "$crashed"; }
crashed=$(studio)
kill -9 "$crashed"
until_true 30 "the studio is started again after a crash" back
checked "the studio is started again after a crash"
kill -TERM "$window"
wait "$window" || true
INSIDE
mkdir -p /tmp/.X11-unix && chmod 1777 /tmp/.X11-unix
cd /home/seller
runuser -u seller -- dbus-run-session -- xvfb-run -a -s "-screen 0 1280x720x24" bash /tmp/window.sh
gone() { ! ls -l /proc/[0-9]*/exe 2>/dev/null | grep 'anchor-s\|WebKit' >/dev/null; }
until_true 10 "every process of the window has ended" gone
